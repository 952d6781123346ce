import type { Client } from './client.ts';
import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';
import type { Observation, ObservationKey, ObservationRequest, UpstreamSource } from './observation.ts';

/** The health of a source, as its latest requests show it. */
export type UpstreamHealth = 'UP' | 'DEGRADED' | 'DOWN';

/** A source and its health. */
export interface SourceStatus {
  readonly source: UpstreamSource;
  readonly health: UpstreamHealth;
  /** When a request to the source last succeeded, RFC 3339 in UTC; `null` before the first success. */
  readonly lastSuccessAt: string | null;
}

/** The status of the source that reports stock. It also lists the status of each source in use. */
export interface UpstreamStatus extends SourceStatus {
  /** When the answers were recorded, RFC 3339 in UTC; `null` for a live source. */
  readonly recordedAt: string | null;
  /** All sources in use. The first one is the source that reports stock. */
  readonly sources: readonly SourceStatus[];
}

/**
 * The demand for an answer: the clients that need it, whether one of them waits for it, and a signal that is aborted when none of them
 * needs it any more.
 */
export interface Demand {
  /** Aborted when no client needs the answer any more. Work that has not started by then is not done. */
  readonly signal: AbortSignal;
  /** Whether a client waits for the answer. Requests that a client waits for start before background refreshes. */
  readonly awaited: boolean;
  /**
   * The clients that need the answer. A request to RunPod counts against the budget of one of them. Clients take turns in the queue of
   * requests, and a request is sent as soon as one of its clients has its turn. `GATEWAY` represents the gateway itself.
   */
  readonly clients: readonly Client[];
}

/** Reports the status of a source, and which upstream requests a read of the source may cause. */
interface Costs {
  /** The maximum number of upstream requests that one read of a list may cause. */
  readonly listCost: number;
  /**
   * Returns the name of the upstream request that loads an observation. Observations that are loaded by the same request have the same
   * name.
   */
  readonly batchOf: (key: ObservationKey) => string;
  /**
   * Returns the names of all upstream requests that loading an observation may cause, now or later. Observations that are loaded by the
   * same request have the same name.
   */
  readonly costOf: (key: ObservationKey) => readonly string[];
  /** Returns the current status of the source. Sends no upstream request. */
  readonly status: () => UpstreamStatus;
}

/** A list and the source that it comes from. */
export interface Listing<Row> {
  readonly source: UpstreamSource;
  /** The GPU types or data centers, in the order of the source. Each id occurs only once. */
  readonly rows: readonly Row[];
}

/**
 * Requests one observation for each GPU type that shares an upstream request with the requested GPU type. Never sends more upstream
 * requests than `costOf` states.
 */
export type Observe = (request: ObservationRequest, demand: Demand) => Promise<readonly Observation[]>;

/** A second source. Its spot prices and pod sizes are added to observations from a source that does not report them. */
export interface Supplement {
  /** The name of the upstream request that `observe` sends. */
  readonly loadName: string;
  readonly observe: Observe;
}

/**
 * A source of answers. A read rejects with an `UpstreamError` if the source cannot be read, and with the reason of `demand.signal` if that
 * signal is aborted.
 */
export interface SourceCatalog extends Costs {
  /** Returns all GPU types. RunPod's list also has entries that are not GPU types; these are left out. */
  readonly gpuTypes: (demand: Demand) => Promise<Listing<GpuType>>;
  /** Returns every data center, whether or not RunPod's console lists it. */
  readonly dataCenters: (demand: Demand) => Promise<Listing<DataCenter>>;
  /**
   * Returns one observation for each GPU type that shares an upstream request with the requested GPU type. GPU types for which the source
   * has no answer are left out. Each observation has one cell for each data center.
   */
  readonly observe: Observe;
  /**
   * Returns the second source, which reports the spot prices and pod sizes that `observe` does not report; `null` if there is no second
   * source.
   */
  readonly supplementOf: (key: ObservationKey) => Supplement | null;
}

/**
 * A cached source of answers. `observe` returns the observation of a single GPU type. Reads reject with the same errors as those of a
 * `SourceCatalog`.
 */
export interface Catalog extends Costs {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** Returns an observation with one cell for each data center. Causes at most one upstream request, which other callers may share. */
  readonly observe: (request: ObservationRequest, demand: Demand) => Promise<Observation>;
}
