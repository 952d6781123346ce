import type { GpuType } from '../gpu-type.ts';
import type { Needs } from './needs.ts';

/** The maximum number of GPUs that RunPod accepts for one pod, whatever its GPU type. */
export const MAX_GPU_COUNT = 16;

/** A pod with `gpuCount` GPUs of one type. */
export interface Pod {
  readonly gpuType: GpuType;
  readonly gpuCount: number;
}

/**
 * Returns how many GPUs of this type a pod must have to meet the client's needs. The result may exceed the maximum for the type. If the
 * result would depend on a memory size that RunPod does not report, it is 1.
 */
export function podSizeOf({ memoryGb }: GpuType, { gpuCount, minTotalMemoryGb }: Needs): number {
  if (gpuCount !== null) return gpuCount;
  if (minTotalMemoryGb === null || memoryGb === null) return 1;
  return Math.max(1, Math.ceil(minTotalMemoryGb / memoryGb));
}

/** Returns the maximum number of GPUs on a pod of this type. If RunPod does not report it, returns the maximum of all types. */
export const maxPodSizeOf = ({ maxGpuCount }: GpuType): number => Math.min(maxGpuCount ?? MAX_GPU_COUNT, MAX_GPU_COUNT);
