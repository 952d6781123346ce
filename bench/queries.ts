const NODES = `nodes {
  gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
  gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts observedAt stale
}`;

/** The operations that are measured, by how many rows they have. Another `most` is another question that has the same rows. */
export const QUERIES = {
  '79 rows': `query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { ${NODES} } }`,
  '5 rows': `query ($most: Float) { gpuAvailability(region: EUROPE, gpuType: "RTX 4090", filter: { maxPricePerGpuHour: $most }) {
    nodes { dataCenter { id } stock }
  } }`,
} as const;

/** Names of the operations. */
export type QueryName = keyof typeof QUERIES;

/** Asks for every cell, with or without stock; in `region` alone when there is one. */
export function matrixQuery(region?: string): string {
  const where = region === undefined ? '' : `region: ${region}, `;
  return `query ($most: Int) { gpuAvailability(${where}first: $most, filter: { includeUnavailable: true }) { ${NODES} } }`;
}

/** No GPU costs as many dollars, and no answer has as many rows. */
const ABOVE_ALL = 1_000_000;

/** The question that has the `number`, as the body of a POST or as parameters. */
export function questionOf(query: string, number = 0) {
  return { query, variables: { most: ABOVE_ALL + number } };
}
