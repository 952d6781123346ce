import { type Client, GATEWAY } from '../domain/client.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import type { Wish } from './changes.ts';

/** How long the gateway keeps an answer fresh after the last request for it, in milliseconds. */
const REFRESHED_MS = 900_000;

/**
 * How long requests for an observation may be answered from memory without identifying the client, in milliseconds. After this time, the
 * next client must be identified, because refreshes of the observation count against its limits.
 */
const IDENTIFIED_MS = 60_000;

/** Knows which observations must be kept fresh, because they have subscribers or were requested recently. */
export interface RefreshDemand {
  /**
   * Records a request for an observation, and its clients. From now on, refreshes of the observation count against the limits of these
   * clients, unless the observation has subscribers.
   */
  recordRequest(key: ObservationKey, clients: readonly Client[]): void;
  /**
   * Records a request for an observation that is answered from memory, without identifying its client. Returns `false` and records nothing
   * if the client must be identified. This is the case if the last client that requests this observation was identified at least a minute
   * ago: without subscribers, refreshes are charged to that client, which may have stopped sending requests.
   */
  recordAnonymousRequest(key: ObservationKey): boolean;
  /** Whether there is no observation to keep fresh. */
  isEmpty(): boolean;
  /** Returns the observations of these GPU types that must be kept fresh, without duplicates. */
  among(gpuTypes: readonly GpuType[]): readonly ObservationKey[];
  /**
   * Returns the clients whose limits a refresh counts against. If the observation has subscribers, the first refresh for them (`isFirst`)
   * counts against their limits, and later refreshes are charged to the gateway. Without subscribers, a refresh counts against the limits
   * of the clients that were last identified as requesting the observation.
   */
  payersOf(key: ObservationKey, isFirst: boolean): readonly Client[];
}

/**
 * When an observation was last requested, when clients that request it were last identified, and which clients these were.
 */
interface Requested {
  at: number;
  readonly identifiedAt: number;
  readonly clients: readonly Client[];
}

/**
 * Creates a `RefreshDemand` from the current subscriptions (`wishes`) and the requests of the last 15 minutes. `now` returns monotonic
 * milliseconds.
 */
export function createRefreshDemand(wishes: () => readonly Wish[], now: () => number): RefreshDemand {
  const requestedBySize = new Map<number, Map<string, Requested>>();

  function forgetOld(): void {
    for (const [gpuCount, requested] of requestedBySize) {
      for (const [id, { at }] of requested) if (now() - at >= REFRESHED_MS) requested.delete(id);
      if (requested.size === 0) requestedBySize.delete(gpuCount);
    }
  }

  return {
    recordRequest({ gpuType, gpuCount }, clients) {
      const requested = requestedBySize.get(gpuCount) ?? new Map<string, Requested>();
      requestedBySize.set(gpuCount, requested.set(gpuType.id, { at: now(), identifiedAt: now(), clients }));
    },
    recordAnonymousRequest({ gpuType, gpuCount }) {
      const requested = requestedBySize.get(gpuCount)?.get(gpuType.id);
      // No request for the observation is recorded, so only subscribers keep it fresh. Without subscribers, it soon becomes stale. The next
      // request is then not answered by `peek`, so its client is recorded.
      if (requested === undefined) return true;
      if (now() - requested.identifiedAt >= IDENTIFIED_MS) return false;
      requested.at = now();
      return true;
    },
    isEmpty() {
      forgetOld();
      return requestedBySize.size === 0 && wishes().length === 0;
    },
    among(gpuTypes) {
      forgetOld();
      const all = wishes();
      const gpuCounts = new Set([...all.map(({ gpuCount }) => gpuCount), ...requestedBySize.keys()]);
      return [...gpuCounts].flatMap((gpuCount) => {
        const wishesOfSize = all.filter((wish) => wish.gpuCount === gpuCount);
        return gpuTypes
          .filter(
            (gpuType) =>
              requestedBySize.get(gpuCount)?.has(gpuType.id) === true ||
              wishesOfSize.some(({ ofGpuType }) => ofGpuType(gpuType)),
          )
          .map((gpuType) => ({ gpuType, gpuCount }));
      });
    },
    payersOf({ gpuType, gpuCount }, isFirst) {
      const wished = wishes().filter((wish) => wish.gpuCount === gpuCount && wish.ofGpuType(gpuType));
      if (wished.length === 0) return requestedBySize.get(gpuCount)?.get(gpuType.id)?.clients ?? [GATEWAY];
      return isFirst ? [...new Set(wished.flatMap(({ payers }) => payers))] : [GATEWAY];
    },
  };
}
