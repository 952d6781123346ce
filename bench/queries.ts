const NODES = `nodes {
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
  gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts observedAt stale
}`;

/**
 * The measured operations, by the number of rows in their answers. Different values of the variable `most` make requests different, but do
 * not change the rows of the answers.
 */
export const QUERIES = {
  '79 rows': `query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { ${NODES} } }`,
  '5 rows': `query ($most: Float) { gpuAvailability(region: EUROPE, gpuType: "RTX 4090", filter: { maxPricePerGpuHour: $most }) {
    nodes { dataCenter { id } stock }
  } }`,
} as const;

/** The name of a measured operation. */
export type QueryName = keyof typeof QUERIES;

/** Returns a query for every cell, with or without stock. With `region`, the query covers only the cells in this region. */
export function matrixQuery(region?: string): string {
  const where = region === undefined ? '' : `region: ${region}, `;
  return `query ($most: Int) { gpuAvailability(${where}first: $most, filter: { includeUnavailable: true }) { ${NODES} } }`;
}

/**
 * The smallest value of the variable `most`, which limits the price or the number of rows. The value is larger than every price and every
 * number of rows, so it excludes nothing.
 */
const ABOVE_ALL = 1_000_000;

/** Returns a query and its variables, which depend on `number`. The result can be the body of a POST or the parameters of a GET. */
export function questionOf(query: string, number = 0) {
  return { query, variables: { most: ABOVE_ALL + number } };
}
