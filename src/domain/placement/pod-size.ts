import type { GpuType } from '../gpu-type.ts';
import type { Needs } from './needs.ts';

/** The largest number of GPUs that RunPod accepts for one pod, of any GPU type. */
export const MAX_GPU_COUNT = 16;

/** A GPU type, and the number of GPUs that a pod of this type needs. */
export interface Pod {
  readonly gpuType: GpuType;
  readonly gpuCount: number;
}

/**
 * Returns the number of GPUs on a pod that meets the needs. It may be larger than a pod of this type can be. If the memory of the GPU type
 * is unknown, no number would be known to be enough, and the number is 1.
 */
export function podSizeOf({ memoryGb }: GpuType, { gpuCount, minTotalMemoryGb }: Needs): number {
  if (gpuCount !== null) return gpuCount;
  if (minTotalMemoryGb === null || memoryGb === null) return 1;
  return Math.max(1, Math.ceil(minTotalMemoryGb / memoryGb));
}

/** Returns the largest number of GPUs on a pod of this type, as far as it is known. */
export const maxPodSizeOf = ({ maxGpuCount }: GpuType): number => Math.min(maxGpuCount ?? MAX_GPU_COUNT, MAX_GPU_COUNT);
