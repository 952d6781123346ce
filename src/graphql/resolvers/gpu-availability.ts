import type { GpuAvailabilityResolvers } from '../types.generated.ts';

export const gpuAvailability: GpuAvailabilityResolvers = {
  id: ({ gpuType, dataCenter, gpuCount }) => `${encode(gpuType.id)}:${encode(dataCenter.id)}:${gpuCount}`,
};

/** Percent-encodes what would make two ids the same. `encodeURIComponent` alone throws for half of a surrogate pair. */
const encode = (id: string): string => id.replace(/[%:\s]/g, encodeURIComponent);
