import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { Row } from '../row.ts';

/** Why a cell is no option. The order of `REASONS` decides which reason is reported if there are several. */
export const REASONS = [
  'OTHER_GPU_TYPE',
  'TOO_LITTLE_MEMORY',
  'TOO_MANY_GPUS',
  'NOT_ON_SECURE_CLOUD',
  'OTHER_DATA_CENTER',
  'NOT_OBSERVED',
  'OUT_OF_STOCK',
  'STOCK_TOO_LOW',
  'NO_PRICE',
  'TOO_EXPENSIVE',
] as const;
export type Reason = (typeof REASONS)[number];

/** A pod that can be created now and meets all needs. */
export interface Option {
  readonly availability: Row;
}

/** A cell that is no option; all cells of the GPU type if `dataCenter` is `null`. */
export interface Exclusion {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  /** The number of GPUs on the pod; `null` if the reason applies to every number. */
  readonly gpuCount: number | null;
  readonly reason: Reason;
  readonly message: string;
}
