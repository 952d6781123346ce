import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';

/** The complete lists of GPU types and data centers. */
export interface Lists {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
}
