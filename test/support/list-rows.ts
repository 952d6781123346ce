import type { GpuType } from '../../src/domain/gpu-type.ts';

/** Creates a GPU type with the given properties. Its other properties have the values of an L4. */
export const gpuTypeOf = (rest: Partial<GpuType>): GpuType => ({
  id: 'NVIDIA L4',
  displayName: 'L4',
  manufacturer: 'NVIDIA',
  memoryGb: 24,
  maxGpuCount: 8,
  secureCloud: true,
  communityCloud: false,
  securePrice: 0.43,
  communityPrice: null,
  ...rest,
});

/** Creates a data center of which only the id is known. */
export const dataCenterOf = (id: string) => ({
  id,
  name: id,
  region: 'UNKNOWN' as const,
  countryCode: null,
  location: null,
  listed: null,
  networkVolume: null,
  globalNetwork: null,
  compliance: null,
});
