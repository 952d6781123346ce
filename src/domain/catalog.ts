import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';
import type { Observation, ObservationKey, ObservationRequest, UpstreamSource } from './observation.ts';

/** How a source is doing, judged by its latest requests. */
export type UpstreamHealth = 'UP' | 'DEGRADED' | 'DOWN';

/** A source and how it is doing. */
export interface SourceStatus {
  readonly source: UpstreamSource;
  readonly health: UpstreamHealth;
  /** The last moment a request to it succeeded, RFC 3339 in UTC; `null` before the first. */
  readonly lastSuccessAt: string | null;
}

/** The source that tells what is in stock, and all that are in use. */
export interface UpstreamStatus extends SourceStatus {
  /** When the answers were recorded, RFC 3339 in UTC; `null` for a live source. */
  readonly recordedAt: string | null;
  /** This one first, then those that tell more. */
  readonly sources: readonly SourceStatus[];
}

/** Somebody's wish for an answer. */
export interface Demand {
  /** Aborted when the answer is not wanted any more: what has not been started for it is then dropped. */
  readonly signal: AbortSignal;
  /** Whether somebody waits for the answer now. It goes before a renewal that nobody waits for. */
  readonly awaited: boolean;
}

/**
 * What can be known about GPUs. Reads reject with an `UpstreamError` when the source cannot be read, and with the reason of
 * `demand.signal` once that is aborted.
 */
interface Lists {
  /** Every GPU type, each id once, without pseudo types; in the source's order. At most `listCost` upstream requests. */
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  /** Every data center, each id once, listed in RunPod's console or not; in the source's order. At most `listCost` upstream requests. */
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  readonly listCost: number;
  /** Names what one upstream request tells of: the same for keys that are answered together. */
  readonly batchOf: (key: ObservationKey) => string;
  /** Names each upstream request that asking may cause, at once or later: the same for keys that share it. */
  readonly costOf: (key: ObservationKey) => readonly string[];
  /** Costs nothing. */
  readonly status: () => UpstreamStatus;
}

/** Asks for one observation for each GPU type of a batch. At most one upstream request. */
export type Observe = (request: ObservationRequest, demand: Demand) => Promise<readonly Observation[]>;

/** Another way to an observation. */
export interface Supplement {
  /** The same for what one upstream request tells, as `batchOf` names it. */
  readonly loadName: string;
  readonly observe: Observe;
}

/** Where answers come from. */
export interface SourceCatalog extends Lists {
  /**
   * One observation for each GPU type of the batch, the one asked for among them, with one cell for each of the data centers.
   */
  readonly observe: Observe;
  /** Who tells what `observe` does not, which is spot prices and pod sizes; `null` when nobody does. */
  readonly supplementOf: (key: ObservationKey) => Supplement | null;
}

/** The cache around a source, which answers for one GPU type at a time. */
export interface Catalog extends Lists {
  /** One cell for each of the data centers. At most one upstream request, which others may share. */
  readonly observe: (request: ObservationRequest, demand: Demand) => Promise<Observation>;
}
