import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible';
import { type Leases, OWN_LEASES } from '../cache/leases.ts';
import { createMemoryStore, type Store } from '../cache/store.ts';
import type { UpstreamSource } from '../domain/observation.ts';
import { createJournal, type Journal, type Tell } from '../live/journal.ts';
import { IN_ANY_SLOT, type InSlot } from '../upstream/line.ts';
import { NOBODY_TO_TELL, type ShareRefusals } from '../upstream/slow-down.ts';
import type { SharedKind } from './unfit-values.ts';

/** What the replicas of a gateway share. */
export interface Fleet {
  readonly store: Store;
  readonly leases: Leases;
  readonly inSlot: InSlot;
  readonly shareRefusals: (source: UpstreamSource) => ShareRefusals;
  /**
   * A journal that reports what changed, whichever replica saw it. `now` returns milliseconds on the steady scale of this process; `onFault` is called with an
   * unexpected error, which costs the changes of one observation alone.
   */
  readonly keepJournal: (now: () => number, tell: Tell, onFault: (error: unknown) => void) => Journal;
  /** Counts what one client asks in a minute. */
  readonly createRateLimiter: (perMinute: number) => RateLimiterAbstract;
  /** Whether the replicas can share anything now; `null` for a gateway that is alone. */
  readonly isTogether: () => boolean | null;
  /** How many values of another shape, or from the future, were read and treated as absent; `null` for a gateway that is alone. */
  readonly unfitValues: () => Readonly<Record<SharedKind, number>> | null;
  /** Resolves when they can, or soon after it turned out that they cannot. */
  readonly join: () => Promise<void>;
  /** Leaves the others. */
  readonly leave: () => Promise<unknown>;
}

/** A gateway that is alone, and shares nothing. */
export function createFleetOfOne(): Fleet {
  return {
    store: createMemoryStore(),
    leases: OWN_LEASES,
    inSlot: IN_ANY_SLOT,
    shareRefusals: () => NOBODY_TO_TELL,
    keepJournal: createJournal,
    createRateLimiter: (perMinute) => new RateLimiterMemory({ points: perMinute, duration: 60 }),
    isTogether: () => null,
    unfitValues: () => null,
    join: async () => {},
    leave: async () => {},
  };
}
