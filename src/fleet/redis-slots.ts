import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InSlot } from '../upstream/line.ts';
import type { RedisServer } from './redis.ts';
import { createSlotTable } from './slot-table.ts';

/** What is added to the longest that a slot is used, before the slot of a silent replica goes to another one, in milliseconds. */
const GRACE_MS = 5000;

/** How long before its slot ends a replica aborts the request, in milliseconds. */
const MARGIN_MS = 1000;

/** How soon a replica looks again for a free slot, in milliseconds. */
const LOOK_AGAIN_MS = 10;

/** How long Redis must be away before a replica makes requests without slots, in milliseconds. A broken connection is back by then. */
const ALONE_AFTER_MS = 1000;

/** Slots that can be given back all at once. */
export interface RedisSlots {
  readonly inSlot: InSlot;
  readonly giveBackAll: () => Promise<unknown>;
}

/** What slots need. */
export interface RedisSlotsOptions {
  /** How many there are. */
  readonly slots: number;
  /** The longest that one is used, in milliseconds. */
  readonly timeoutMs: number;
  /** Of this fleet alone. */
  readonly channel: string;
}

/** A request in flight. */
interface Use {
  readonly id: string;
  /** When its slot ends for this replica, by `performance.now()`. */
  readonly until: number;
  /** Aborted when the slot is lost. */
  readonly lost: AbortController;
}

/**
 * Slots in Redis for requests to RunPod. A slot ends by Redis's clock, and for its holder a little earlier. A replica that was stopped
 * for so long ends its requests as soon as it goes on.
 *
 * After Redis was emptied, nobody gets a slot before every connected replica has registered its requests in flight, or before all
 * earlier slots have ended. While Redis is away or refuses, each replica has a limit of its own. When it is back, they register what
 * is in flight, and end the requests for which there is no slot.
 */
export function createRedisSlots(redis: RedisServer, { slots, timeoutMs, channel }: RedisSlotsOptions): RedisSlots {
  const leaseMs = timeoutMs + GRACE_MS;
  const table = createSlotTable(redis.client, { slots, leaseMs, channel, createId: randomUUID });
  const uses = new Map<string, Use>();
  /** The period in which Redis has all requests in flight here; `null` while that is being found out. */
  let registeredIn: string | null = null;
  let registrations = 0;
  /** Ids whose slot may be taken although Redis did not say so in time. */
  const doubtful = new Set<string>();

  const subscriber = redis.connect();
  // It fails where Redis does not allow it, which is logged elsewhere. Then other replicas do not wait for this one.
  const subscribed = Promise.race([
    subscriber.subscribe(channel).catch(() => {}),
    wait(ALONE_AFTER_MS, undefined, { ref: false }),
  ]);
  subscriber.on('message', () => void register());
  subscriber.on('ready', () => void register());
  redis.onBack(() => {
    for (const id of doubtful) void giveBack(id);
    doubtful.clear();
    void register();
  });

  async function register(): Promise<void> {
    registrations += 1;
    const registration = registrations;
    registeredIn = null;
    const now = performance.now();
    const requests = [...uses.values()].map(({ id, until }) => ({ id, restMs: Math.ceil(until - now) }));
    const answer = await table.register(requests.filter(({ restMs }) => restMs > 0)).catch(() => null);
    // A later one counts: Redis may have been emptied again meanwhile.
    if (answer === null || registration !== registrations) return;
    registeredIn = answer.period;
    for (const id of answer.refused) uses.get(id)?.lost.abort();
  }

  async function take(): Promise<Use> {
    // Redis counts the replicas that listen.
    await subscribed;
    for (;;) {
      const use: Use = {
        id: randomUUID(),
        until: performance.now() + leaseMs - MARGIN_MS,
        lost: new AbortController(),
      };
      if (redis.isUp() ? await isTaken(use) : redis.awayMs() >= ALONE_AFTER_MS) return use;
      await wait(LOOK_AGAIN_MS);
    }
  }

  /** Whether the request may be made: it has a slot, or Redis refuses although it is there. */
  async function isTaken({ id, until }: Use): Promise<boolean> {
    const answer = await table.take(id).catch(() => null);
    if (answer === null) {
      if (redis.isUp()) return true;
      // Redis may have given the slot, or do so when it goes on.
      doubtful.add(id);
      return false;
    }
    // This replica may have been stopped, or Redis emptied, since the slot was taken.
    if (answer.isTaken && answer.period === registeredIn && performance.now() < until) return true;
    if (answer.isTaken) void giveBack(id);
    if (answer.period !== registeredIn) await register();
    return false;
  }

  /** Otherwise it comes back by itself. */
  const giveBack = (id: string): Promise<unknown> => table.release(id).catch(() => {});

  return {
    async inSlot(task) {
      const use = await take();
      uses.set(use.id, use);
      const end = setTimeout(() => use.lost.abort(), use.until - performance.now());
      try {
        return await task(use.lost.signal);
      } finally {
        clearTimeout(end);
        uses.delete(use.id);
        void giveBack(use.id);
      }
    },
    giveBackAll: () => Promise.all([...uses.keys()].map(giveBack)),
  };
}
