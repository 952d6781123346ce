import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible';
import { type Leases, OWN_LEASES } from '../cache/leases.ts';
import { createMemoryStore, type Store } from '../cache/store.ts';
import type { UpstreamSource } from '../domain/observation.ts';
import { type ChangeTracker, createChangeTracker, type ReportChange } from '../live/change-tracker.ts';
import { IN_ANY_SLOT, type InSlot } from '../upstream/request/in-slot.ts';
import { SHARE_NOTHING, type ShareRefusals } from '../upstream/request/slow-down.ts';
import type { SharedKind } from './unfit-values.ts';

/** The state and the services that the replicas of a gateway share. */
export interface Fleet {
  readonly store: Store;
  readonly leases: Leases;
  readonly inSlot: InSlot;
  readonly shareRefusals: (source: UpstreamSource) => ShareRefusals;
  /**
   * Creates a tracker that reports each change of stock or price, no matter which replica observed it. `now` returns monotonic milliseconds
   * of this process. `onFault` is called with each unexpected error. Such an error loses the changes of at most one observation.
   */
  readonly trackChanges: (now: () => number, report: ReportChange, onFault: (error: unknown) => void) => ChangeTracker;
  /** Creates a limiter that counts the requests of each client, and allows `perMinute` requests in a minute. */
  readonly createRateLimiter: (perMinute: number) => RateLimiterAbstract;
  /**
   * Returns whether this replica can share data with the other replicas at the moment. Returns `null` for a gateway without other replicas.
   */
  readonly isTogether: () => boolean | null;
  /**
   * Returns how many values from Redis were ignored because they had an unexpected shape, or a time in the future. Returns `null` for a
   * gateway without other replicas.
   */
  readonly unfitValues: () => Readonly<Record<SharedKind, number>> | null;
  /** Connects to the other replicas. Resolves when data can be shared, when the attempt has failed, or when it has taken too long. */
  readonly join: () => Promise<void>;
  /** Releases all leases and slots of this replica, and disconnects from the other replicas. */
  readonly leave: () => Promise<unknown>;
}

/** Creates the `Fleet` of a gateway with only one replica, which shares nothing. */
export function createFleetOfOne(): Fleet {
  return {
    store: createMemoryStore(),
    leases: OWN_LEASES,
    inSlot: IN_ANY_SLOT,
    shareRefusals: () => SHARE_NOTHING,
    trackChanges: createChangeTracker,
    createRateLimiter: (perMinute) => new RateLimiterMemory({ points: perMinute, duration: 60 }),
    isTogether: () => null,
    unfitValues: () => null,
    join: async () => {},
    leave: async () => {},
  };
}
