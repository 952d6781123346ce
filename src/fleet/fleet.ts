import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible';
import { type Leases, OWN_LEASES } from '../cache/leases.ts';
import { createMemoryStore, type Store } from '../cache/store.ts';
import type { UpstreamSource } from '../domain/observation.ts';
import { createJournal, type Journal, type Tell } from '../live/journal.ts';
import { IN_ANY_SLOT, type InSlot } from '../upstream/line.ts';
import { NOBODY_TO_TELL, type ShareRefusals } from '../upstream/slow-down.ts';

/** What the replicas of a gateway share. */
export interface Fleet {
  readonly store: Store;
  readonly leases: Leases;
  readonly inSlot: InSlot;
  readonly shareRefusals: (source: UpstreamSource) => ShareRefusals;
  /** A journal that tells what changed, whichever replica saw it. `now` gives milliseconds since 1970. */
  readonly keepJournal: (now: () => number, tell: Tell) => Journal;
  /** Counts what one client asks in a minute. */
  readonly createRateLimiter: (perMinute: number) => RateLimiterAbstract;
  /** Whether the replicas can share anything now; `null` for a gateway that is alone. */
  readonly isTogether: () => boolean | null;
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
    join: async () => {},
    leave: async () => {},
  };
}
