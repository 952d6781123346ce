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

/** The source that reports stock, and every source in use. */
export interface UpstreamStatus extends SourceStatus {
  /** When the answers were recorded, RFC 3339 in UTC; `null` for a live source. */
  readonly recordedAt: string | null;
  /** The source that reports stock first, then the sources that supplement it. */
  readonly sources: readonly SourceStatus[];
}

/** A request for an answer: its clients, whether one of them waits, and when to give up. */
export interface Demand {
  /** Aborted when no client needs the answer any more. Work that has not started is then dropped. */
  readonly signal: AbortSignal;
  /** Whether a client waits for the answer. Such a demand goes ahead of a background refresh. */
  readonly awaited: boolean;
  /** The clients whose turns and budgets the RunPod requests use; `GATEWAY` for the gateway's own work. */
  readonly clients: readonly Client[];
}

/** The cost of reading a source, and its health. */
interface Costs {
  /** The most upstream requests that reading one of the lists may cause. */
  readonly listCost: number;
  /** Returns the name of the upstream request that answers a key. Keys that share a request share its name. */
  readonly batchOf: (key: ObservationKey) => string;
  /** Returns the names of all upstream requests that a key may cause, now or later. Keys that share a request share its name. */
  readonly costOf: (key: ObservationKey) => readonly string[];
  /** Returns the current status. Causes no request. */
  readonly status: () => UpstreamStatus;
}

/** A list and the source that it comes from. */
export interface Listing<Row> {
  readonly source: UpstreamSource;
  /** Each id once, in the source's order. */
  readonly rows: readonly Row[];
}

/** Requests one observation for each GPU type of a batch. Causes at most the upstream requests that `costOf` names. */
export type Observe = (request: ObservationRequest, demand: Demand) => Promise<readonly Observation[]>;

/** A second source for an observation. It adds details of cells that the source of their stock does not report. */
export interface Supplement {
  /** The name of the upstream request, as `batchOf` returns it. */
  readonly loadName: string;
  readonly observe: Observe;
}

/**
 * A source of answers. Reads reject with an `UpstreamError` when the source cannot be read, and with the reason of `demand.signal`
 * once that signal is aborted.
 */
export interface SourceCatalog extends Costs {
  /** Every GPU type, without pseudo types. */
  readonly gpuTypes: (demand: Demand) => Promise<Listing<GpuType>>;
  /** Every data center, whether RunPod's console lists it or not. */
  readonly dataCenters: (demand: Demand) => Promise<Listing<DataCenter>>;
  /**
   * One observation for each GPU type of the batch about which the source has an answer. Each observation has one cell for each
   * data center.
   */
  readonly observe: Observe;
  /** A second source, for the spot prices and pod sizes that `observe` does not report; `null` without one. */
  readonly supplementOf: (key: ObservationKey) => Supplement | null;
}

/** The cache around a source. It answers for one GPU type at a time, and rejects like a `SourceCatalog`. */
export interface Catalog extends Costs {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** Returns one cell for each data center. Causes at most one upstream request, which other callers may share. */
  readonly observe: (request: ObservationRequest, demand: Demand) => Promise<Observation>;
}
