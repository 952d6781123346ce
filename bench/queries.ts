/** The operations that are measured. */
export const QUERIES = {
  rows79: `{ gpuAvailability { nodes { gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud
    securePrice communityPrice } dataCenter { id name region countryCode location listed networkVolume globalNetwork compliance }
    gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts observedAt stale } } }`,
  rows5: `{ gpuAvailability(region: EUROPE, gpuType: "RTX 4090") { nodes { dataCenter { id } stock } } }`,
} as const;

/** Names of the operations. */
export type QueryName = keyof typeof QUERIES;
