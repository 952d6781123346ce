const NODES = `nodes {
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
  gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts observedAt stale
}`;

/** The measured operations by their number of rows. A different value of `most` makes a different request with the same rows. */
export const QUERIES = {
  '79 rows': `query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { ${NODES} } }`,
  '5 rows': `query ($most: Float) { gpuAvailability(region: EUROPE, gpuType: "RTX 4090", filter: { maxPricePerGpuHour: $most }) {
    nodes { dataCenter { id } stock }
  } }`,
} as const;

/** Names of the operations. */
export type QueryName = keyof typeof QUERIES;

/** Returns a query for every cell, with or without stock. With `region`, the query is only for the cells in this region. */
export function matrixQuery(region?: string): string {
  const where = region === undefined ? '' : `region: ${region}, `;
  return `query ($most: Int) { gpuAvailability(${where}first: $most, filter: { includeUnavailable: true }) { ${NODES} } }`;
}

/** More dollars than any GPU costs, and more rows than any answer has. */
const ABOVE_ALL = 1_000_000;

/** Returns the query with variables that depend on `number`, for the body of a POST or the parameters of a GET. */
export function questionOf(query: string, number = 0) {
  return { query, variables: { most: ABOVE_ALL + number } };
}
