import { Semaphore } from 'redis-semaphore';
import type { InSlot } from '../upstream/line.ts';
import type { RedisServer } from './redis.ts';

/** What is added to the longest that a slot is used, before one whose holder is silent goes to another, in milliseconds. */
const GRACE_MS = 5000;

/** How soon a replica looks again for a free slot, in milliseconds. */
const LOOK_AGAIN_MS = 10;

/** Slots that can be given back all at once. */
export interface RedisSlots {
  readonly inSlot: InSlot;
  readonly giveBackAll: () => Promise<unknown>;
}

/**
 * So many slots in Redis, each used for `timeoutMs` milliseconds at most: that of a killed replica comes back a little later.
 * While Redis is away there is no limit over all replicas.
 */
export function createRedisSlots({ client, isUp }: RedisServer, slots: number, timeoutMs: number): RedisSlots {
  const held = new Set<Semaphore>();
  const options = {
    lockTimeout: timeoutMs + GRACE_MS,
    acquireTimeout: Number.POSITIVE_INFINITY,
    retryInterval: LOOK_AGAIN_MS,
    // Refreshing fails with an unhandled rejection while Redis is away; a slot is not used for so long that it is needed.
    refreshInterval: 0,
  };

  async function giveBack(slot: Semaphore): Promise<void> {
    held.delete(slot);
    // Otherwise it comes back by itself.
    await slot.release().catch(() => {});
  }

  return {
    async inSlot(task) {
      if (!isUp()) return task();
      const slot = new Semaphore(client, 'slots', slots, options);
      await slot.acquire().then(
        () => held.add(slot),
        () => {},
      );
      try {
        return await task();
      } finally {
        if (held.has(slot)) void giveBack(slot);
      }
    },
    giveBackAll: () => Promise.all([...held].map(giveBack)),
  };
}
