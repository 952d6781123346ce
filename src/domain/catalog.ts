import type { Client } from './client.ts';
import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';
import type { Observation, ObservationKey, ObservationRequest, UpstreamSource } from './observation.ts';

/** The health of a source, judged by its latest requests. */
export type UpstreamHealth = 'UP' | 'DEGRADED' | 'DOWN';

/** A source and its health. */
export interface SourceStatus {
  readonly source: UpstreamSource;
  readonly health: UpstreamHealth;
  /** When a request to the source last succeeded, RFC 3339 in UTC; `null` before the first success. */
  readonly lastSuccessAt: string | null;
}

/** The status of the source that reports stock, and of every source in use. */
export interface UpstreamStatus extends SourceStatus {
  /** When the answers were recorded, RFC 3339 in UTC; `null` for a live source. */
  readonly recordedAt: string | null;
  /** All sources in use: first the source that reports stock, then the sources that supplement it. */
  readonly sources: readonly SourceStatus[];
}

/** Who needs an answer: the clients, whether one of them waits, and when to give up. */
export interface Demand {
  /** Aborted when no client needs the answer any more. Work that has not started is then dropped. */
  readonly signal: AbortSignal;
  /** Whether a client waits for the answer. Requests that a client waits for start before background refreshes. */
  readonly awaited: boolean;
  /** The clients that the answer is for. Requests to RunPod use their turns and budgets. `GATEWAY` stands for the gateway's own work. */
  readonly clients: readonly Client[];
}

/** The cost of reading a source, and the health of the source. */
interface Costs {
  /** How many upstream requests one read of a list may cause at most. */
  readonly listCost: number;
  /** Returns the name of the upstream request that answers a key. Keys that share a request share its name. */
  readonly batchOf: (key: ObservationKey) => string;
  /** Returns the names of all upstream requests that a key may cause, now or later. Keys that share a request share its name. */
  readonly costOf: (key: ObservationKey) => readonly string[];
  /** Returns the current status without an upstream request. */
  readonly status: () => UpstreamStatus;
}

/** A list and the source that it comes from. */
export interface Listing<Row> {
  readonly source: UpstreamSource;
  /** One row for each id, in the order of the source. */
  readonly rows: readonly Row[];
}

/** Requests one observation for each GPU type of a batch. Causes at most the upstream requests that `costOf` names. */
export type Observe = (request: ObservationRequest, demand: Demand) => Promise<readonly Observation[]>;

/** A second source for an observation. It adds details that the source of the stock does not report. */
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
   * Returns one observation for each GPU type of the batch that the source has an answer about. Each observation has one cell for each data
   * center.
   */
  readonly observe: Observe;
  /**
   * Returns the second source, which reports the spot prices and pod sizes that `observe` does not report; `null` if there is no second
   * source.
   */
  readonly supplementOf: (key: ObservationKey) => Supplement | null;
}

/** The cache around a source. Each observation is about one GPU type. Reads reject like those of a `SourceCatalog`. */
export interface Catalog extends Costs {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** Returns one cell for each data center. Causes at most one upstream request, which other callers may share. */
  readonly observe: (request: ObservationRequest, demand: Demand) => Promise<Observation>;
}
