import type { Client } from './client.ts';
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
  /** The clients in whose turns and on whose budgets RunPod is asked; `GATEWAY` for the gateway's own work. */
  readonly clients: readonly Client[];
}

/** What asking costs, and how the source is doing. */
interface Costs {
  /** Upstream requests that reading one of the lists may cause. */
  readonly listCost: number;
  /** Names the upstream request that answers a key: the same name for keys that one request answers. */
  readonly batchOf: (key: ObservationKey) => string;
  /** Names each upstream request that asking may cause, now or later: the same name for keys that share it. */
  readonly costOf: (key: ObservationKey) => readonly string[];
  /** Costs nothing. */
  readonly status: () => UpstreamStatus;
}

/** A list, and the source that it comes from. */
export interface Listing<Row> {
  readonly source: UpstreamSource;
  /** Each id once, in the source's order. */
  readonly rows: readonly Row[];
}

/** Asks for one observation for each GPU type of a batch. At most as many upstream requests as `costOf` names. */
export type Observe = (request: ObservationRequest, demand: Demand) => Promise<readonly Observation[]>;

/** Another source of an observation, which knows more about a cell than the one that reports its stock. */
export interface Supplement {
  /** Names the upstream request, as `batchOf` does. */
  readonly loadName: string;
  readonly observe: Observe;
}

/**
 * A source of answers. Reads reject with an `UpstreamError` when the source cannot be read, and with the reason of
 * `demand.signal` once that is aborted.
 */
export interface SourceCatalog extends Costs {
  /** Every GPU type, without pseudo types. */
  readonly gpuTypes: (demand: Demand) => Promise<Listing<GpuType>>;
  /** Every data center, listed in RunPod's console or not. */
  readonly dataCenters: (demand: Demand) => Promise<Listing<DataCenter>>;
  /**
   * One observation for each GPU type of the batch that the source knows something about, with one cell for each of the data
   * centers.
   */
  readonly observe: Observe;
  /** The source of the spot prices and pod sizes that `observe` does not report, or `null`. */
  readonly supplementOf: (key: ObservationKey) => Supplement | null;
}

/** The cache around a source, which answers for one GPU type at a time. It rejects as a `SourceCatalog` does. */
export interface Catalog extends Costs {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** One cell for each of the data centers. At most one upstream request, which others may share. */
  readonly observe: (request: ObservationRequest, demand: Demand) => Promise<Observation>;
}
