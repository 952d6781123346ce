import type { Asked } from './clock.ts';
import type { DataCenter } from './data-center.ts';
import type { FailureCode } from './errors.ts';
import type { GpuType } from './gpu-type.ts';

/** Where answers can come from. */
export type UpstreamSource = 'RECORDED' | 'RUNPOD_GRAPHQL' | 'RUNPOD_REST';

/** HIGH, MEDIUM and LOW are RunPod's; NONE is verified absence; UNKNOWN is a word this gateway does not know. */
export type StockLevel = 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE' | 'UNKNOWN';

/** US dollars per hour on secure cloud. */
export interface HourlyPrice {
  readonly perGpu: number;
  /** For a pod of the observation's `gpuCount`. */
  readonly perPod: number;
}

/**
 * The spot price that a bid stands for: none when the bid is not below the on-demand price, since RunPod quotes that price where
 * it sells no spot.
 */
export const spotPriceOf = (bid: HourlyPrice | null, onDemand: HourlyPrice | null): HourlyPrice | null =>
  bid !== null && onDemand !== null && bid.perPod >= onDemand.perPod ? null : bid;

/** What an observation is about: one GPU type, for pods of `gpuCount` GPUs. */
export interface ObservationKey {
  readonly gpuType: GpuType;
  /** 1 to 16. */
  readonly gpuCount: number;
}

/** An observation key, and the data centers to ask about. */
export interface ObservationScope extends ObservationKey {
  readonly dataCenters: readonly DataCenter[];
}

/** What is asked of a source, which may tell of all GPU types at once. */
export interface ObservationRequest extends ObservationScope {
  /** All of them, the one asked for among them. */
  readonly gpuTypes: readonly GpuType[];
}

/** What RunPod answered about a GPU type in one data center, and when it was asked. */
export interface ObservedCell extends Asked {
  readonly dataCenterId: string;
  readonly failure: null;
  /** Whose answer it was. */
  readonly source: UpstreamSource;
  /** Whether it is served past its freshness, because no newer answer could be had. */
  readonly stale: boolean;
  /** Whether a pod of this size can be rented here. */
  readonly available: boolean;
  readonly stock: StockLevel;
  /** `null` when RunPod quotes no price, and the list price does not stand in for it; never 0. */
  readonly onDemandPrice: HourlyPrice | null;
  /** Lowest bid, below the on-demand price; `null` when RunPod quotes none, as where it sells no spot for this type; never 0. */
  readonly spotPrice: HourlyPrice | null;
  /** Pod sizes that can be rented here, ascending, without doubles; `null` when RunPod does not say. */
  readonly availableGpuCounts: readonly number[] | null;
  /**
   * The `observedAt` of the answer that reported the spot price and pod sizes: this one, or another one from a source that reports
   * them. `null` when they are not known.
   */
  readonly spotObservedAt: string | null;
  /** The `askedAt` of that answer; `null` when they are not known. */
  readonly spotAskedAt: number | null;
}

/** A cell that RunPod was asked about and about which nothing is known. */
export interface FailedCell {
  readonly dataCenterId: string;
  readonly failure: CellFailure;
}

/** Why a cell is not known. */
export interface CellFailure {
  readonly code: FailureCode;
  /** For people. */
  readonly message: string;
}

/** A GPU type in a data center for a GPU count. */
export type Cell = ObservedCell | FailedCell;

/** Whether the cell was observed. */
export const isObserved = (cell: Cell): cell is ObservedCell => cell.failure === null;

/**
 * What is known about all cells of one GPU type and count, from one upstream request, or from the latest one and earlier ones. The
 * moment is that of the latest request.
 */
export interface Observation extends Asked {
  readonly gpuTypeId: string;
  readonly gpuCount: number;
  /** One cell for each data center asked for, in the order asked. A list, since ids can be any text. */
  readonly cells: readonly Cell[];
}
