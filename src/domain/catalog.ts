import type { DataCenter } from './data-center.ts';
import type { GpuType } from './gpu-type.ts';
import type { Observation, ObservationRequest } from './observation.ts';

/** Where answers can come from. */
export type UpstreamSource = 'RECORDED' | 'RUNPOD_GRAPHQL' | 'RUNPOD_REST';

/** How a source is doing, judged by its latest requests. */
export type UpstreamHealth = 'UP' | 'DEGRADED' | 'DOWN';

/** A source and how it is doing. Times are RFC 3339 in UTC. */
export interface UpstreamStatus {
  readonly source: UpstreamSource;
  readonly health: UpstreamHealth;
  /** The last moment a request succeeded; `null` before the first. */
  readonly lastSuccessAt: string | null;
  /** When the answers were recorded; `null` for a live source. */
  readonly recordedAt: string | null;
}

/** Somebody's wish for an answer. */
export interface Demand {
  /** Aborted when the answer is not wanted any more: what has not been started for it is then dropped. */
  readonly signal: AbortSignal;
  /** Whether somebody waits for the answer now. It goes before a renewal that nobody waits for. */
  readonly awaited: boolean;
}

/**
 * What can be known about GPUs. Every source is one, and so is the cache around a source.
 * The three reads reject with an `UpstreamError` when the source cannot be read, and with the reason of `demand.signal` once
 * that is aborted.
 */
export interface Catalog {
  /** Every GPU type, each id once, without pseudo types; in the source's order. At most one upstream request. */
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  /** Every data center, each id once, listed in RunPod's console or not; in the source's order. At most one upstream request. */
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** One cell for each of the data centers. At most one upstream request, however many data centers. */
  readonly observe: (request: ObservationRequest, demand: Demand) => Promise<Observation>;
  /** Costs nothing. */
  readonly status: () => UpstreamStatus;
}
