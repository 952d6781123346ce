import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';
import type { HourlyPrice, ObservedCell, StockLevel } from './observation.ts';

/**
 * The availability of one GPU type in one data center, as clients receive it. `available` and `observedAt` are `null` if it is not known.
 */
export interface Row {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter;
  readonly gpuCount: number;
  readonly available: boolean | null;
  readonly stock: StockLevel;
  readonly onDemandPrice: HourlyPrice | null;
  readonly spotPrice: HourlyPrice | null;
  readonly availableGpuCounts: readonly number[] | null;
  readonly spotObservedAt: string | null;
  readonly observedAt: string | null;
  readonly stale: boolean;
}

/** The GPU type, data center and pod size that identify a row. */
export type RowIdentity = Pick<Row, 'gpuType' | 'dataCenter' | 'gpuCount'>;

/**
 * Returns the row of an observed GPU type and data center. The fields are copied one by one, because spreading `identity` is many times
 * slower.
 */
export function observedRow(identity: RowIdentity, cell: ObservedCell): Row {
  return {
    gpuType: identity.gpuType,
    dataCenter: identity.dataCenter,
    gpuCount: identity.gpuCount,
    available: cell.available,
    stock: cell.stock,
    onDemandPrice: cell.onDemandPrice,
    spotPrice: cell.spotPrice,
    availableGpuCounts: cell.availableGpuCounts,
    spotObservedAt: cell.spotObservedAt,
    observedAt: cell.observedAt,
    stale: cell.stale,
  };
}

/** Returns the row of a GPU type and data center whose availability is not known. */
export function unknownRow(identity: RowIdentity): Row {
  return {
    ...identity,
    available: null,
    stock: 'UNKNOWN',
    onDemandPrice: null,
    spotPrice: null,
    availableGpuCounts: null,
    spotObservedAt: null,
    observedAt: null,
    stale: false,
  };
}
