import type { Asked } from './clock.ts';
import type { DataCenter } from './data-center.ts';
import type { FailureCode } from './errors.ts';
import type { GpuType } from './gpu-type.ts';

/** The sources that an answer can come from. */
export type UpstreamSource = 'RECORDED' | 'RUNPOD_GRAPHQL' | 'RUNPOD_REST';

/**
 * A level of stock. HIGH, MEDIUM and LOW are RunPod's levels. NONE means that RunPod reports that it has no stock. UNKNOWN stands for a
 * level that this gateway does not know.
 */
export type StockLevel = 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE' | 'UNKNOWN';

/** A price on the secure cloud, in US dollars per hour. */
export interface HourlyPrice {
  readonly perGpu: number;
  /** The price of a whole pod, which has as many GPUs as the `gpuCount` of the observation. */
  readonly perPod: number;
}

/**
 * Returns `bid` as the spot price, or `null` if the bid is not below the on-demand price. RunPod quotes the on-demand price as the bid
 * where it offers no spot pods.
 */
export const spotPriceOf = (bid: HourlyPrice | null, onDemand: HourlyPrice | null): HourlyPrice | null =>
  bid !== null && onDemand !== null && bid.perPod >= onDemand.perPod ? null : bid;

/** The subject of an observation: one GPU type, for pods with `gpuCount` GPUs. */
export interface ObservationKey {
  readonly gpuType: GpuType;
  /** The number of GPUs on one pod, from 1 to 16. */
  readonly gpuCount: number;
}

/** One GPU type, one pod size, and the data centers to observe. */
export interface ObservationScope extends ObservationKey {
  readonly dataCenters: readonly DataCenter[];
}

/** A request to a source for one observation. The source may answer for all GPU types at once. */
export interface ObservationRequest extends ObservationScope {
  /** All GPU types for which the source may answer, including the requested one. */
  readonly gpuTypes: readonly GpuType[];
}

/** RunPod's answer for a GPU type in one data center, and when the answer was requested. */
export interface ObservedCell extends Asked {
  readonly dataCenterId: string;
  readonly failure: null;
  /** The source that answered. */
  readonly source: UpstreamSource;
  /** Whether the answer is older than the freshness limit. A stale answer is served because no newer one is available. */
  readonly stale: boolean;
  /** Whether a pod of this size can be rented in this data center. */
  readonly available: boolean;
  readonly stock: StockLevel;
  /** The on-demand price, which is never 0. `null` if RunPod quotes no price and the list price does not apply either. */
  readonly onDemandPrice: HourlyPrice | null;
  /**
   * The lowest bid for a spot pod, which is always below the on-demand price and never 0. `null` if RunPod quotes no bid, for example
   * because it offers no spot pods of this GPU type.
   */
  readonly spotPrice: HourlyPrice | null;
  /**
   * The pod sizes that can be rented in this data center, in ascending order and without duplicates; `null` if RunPod does not report them.
   */
  readonly availableGpuCounts: readonly number[] | null;
  /**
   * The `observedAt` of the answer that reported the spot price and pod sizes. This can be the answer with the stock, an older answer, or
   * an answer from the second source. `null` if the spot price and pod sizes are not known.
   */
  readonly spotObservedAt: string | null;
  /** The `askedAt` of the answer that reported the spot price and pod sizes; `null` if they are not known. */
  readonly spotAskedAt: number | null;
}

/** A cell whose observation failed. */
export interface FailedCell {
  readonly dataCenterId: string;
  readonly failure: CellFailure;
}

/** The reason why a cell could not be observed. */
export interface CellFailure {
  readonly code: FailureCode;
  /** A message for people. Programs use `code`. */
  readonly message: string;
}

/** The result of observing one GPU type in one data center, for one pod size: either RunPod's answer or a failure. */
export type Cell = ObservedCell | FailedCell;

/** Whether the cell was observed. */
export const isObserved = (cell: Cell): cell is ObservedCell => cell.failure === null;

/**
 * All cells of one GPU type and pod size. They may come from several upstream requests. The time of the observation is the time of the
 * latest request.
 */
export interface Observation extends Asked {
  readonly gpuTypeId: string;
  readonly gpuCount: number;
  /**
   * One cell for each requested data center, in the order of the request. An object with ids as keys is not used, because an id can be any
   * text.
   */
  readonly cells: readonly Cell[];
}
