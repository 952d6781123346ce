import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';
import type { HourlyPrice, StockLevel } from './observation.ts';

/** A cell as clients see it. `available` and `observedAt` are `null` for a cell that could not be observed. */
export interface Row {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter;
  readonly gpuCount: number;
  readonly available: boolean | null;
  readonly stock: StockLevel;
  readonly onDemandPrice: HourlyPrice | null;
  readonly spotPrice: HourlyPrice | null;
  readonly availableGpuCounts: readonly number[] | null;
  readonly observedAt: string | null;
  readonly stale: boolean;
}
