/** The operations that are measured. Another `most`, above every price, is another question that has the same rows. */
export const QUERIES = {
  '79 rows': `query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { nodes {
    gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
    dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
    gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts observedAt stale
  } } }`,
  '5 rows': `query ($most: Float) { gpuAvailability(region: EUROPE, gpuType: "RTX 4090", filter: { maxPricePerGpuHour: $most }) {
    nodes { dataCenter { id } stock }
  } }`,
} as const;

/** Names of the operations, which tell how many rows they have. */
export type QueryName = keyof typeof QUERIES;

/** In US dollars; no GPU costs as much. */
const ABOVE_EVERY_PRICE = 1000;

/** The question that has the `number`, as the body of a POST or as parameters. */
export function questionOf(query: string, number = 0) {
  return { query, variables: { most: ABOVE_EVERY_PRICE + number } };
}
