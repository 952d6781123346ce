import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InSlot } from '../upstream/request/in-slot.ts';
import type { RedisServer } from './redis.ts';
import { createSlotTable } from './slot-table.ts';

/** How long after the longest use of a slot another replica may take the slot of a silent one, in milliseconds. */
const GRACE_MS = 5000;

/** How long before its slot ends a replica aborts the request, in milliseconds. */
const MARGIN_MS = 1000;

/** How often a waiting replica checks for a free slot, in milliseconds. */
const LOOK_AGAIN_MS = 10;

/**
 * How long Redis must be unavailable before a replica sends requests without slots, in milliseconds. A broken connection is
 * restored sooner.
 */
const ALONE_AFTER_MS = 1000;

/** Slots that can be given back all at once. */
export interface RedisSlots {
  readonly inSlot: InSlot;
  readonly giveBackAll: () => Promise<unknown>;
}

/** What slots need. */
export interface RedisSlotsOptions {
  /** The number of slots. */
  readonly slots: number;
  /** The longest time that a request uses a slot, in milliseconds. */
  readonly timeoutMs: number;
  /** The channel that the replicas of this fleet listen to. No other fleet may use it. */
  readonly channel: string;
}

/** A request in flight. */
interface Use {
  readonly id: string;
  /** When this replica must stop using the slot, by `performance.now()`. */
  readonly until: number;
  /** Aborted when the slot is lost. */
  readonly lost: AbortController;
}

/**
 * Creates slots in Redis for requests to RunPod. A slot ends by Redis's clock, and for its holder a little earlier. A replica that
 * was suspended for longer than that aborts its requests as soon as it resumes.
 *
 * After Redis was emptied, nobody gets a slot until every connected replica has registered its requests in flight, or all earlier
 * slots have ended. While Redis is unavailable or refuses commands, each replica has a limit of its own. When Redis is back,
 * replicas register their requests in flight, and abort those that get no slot.
 */
export function createRedisSlots(redis: RedisServer, { slots, timeoutMs, channel }: RedisSlotsOptions): RedisSlots {
  const leaseMs = timeoutMs + GRACE_MS;
  const table = createSlotTable(redis.client, { slots, leaseMs, channel, createId: randomUUID });
  const uses = new Map<string, Use>();
  /** The period in which Redis knows all requests in flight here; `null` during a registration. */
  let registeredIn: string | null = null;
  let registrations = 0;
  /** Ids whose slot may be taken although Redis did not confirm it in time. */
  const doubtful = new Set<string>();

  const subscriber = redis.connect();
  // If Redis forbids subscribing, which createRedis logs, this fails, and other replicas do not wait for this one.
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
    // Only the latest registration counts, because Redis may have been emptied again since.
    if (answer === null || registration !== registrations) return;
    registeredIn = answer.period;
    for (const id of answer.refused) uses.get(id)?.lost.abort();
  }

  async function take(): Promise<Use> {
    // Subscribe first: Redis counts the subscribed replicas when it starts a period.
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

  /** Returns whether the request may be sent: it has a slot, or Redis is available but refuses the command. */
  async function isTaken({ id, until }: Use): Promise<boolean> {
    const answer = await table.take(id).catch(() => null);
    if (answer === null) {
      if (redis.isUp()) return true;
      // Redis may have assigned the slot, or may still do so once it responds again.
      doubtful.add(id);
      return false;
    }
    // Since the slot was taken, this replica may have been suspended, or Redis emptied.
    if (answer.isTaken && answer.period === registeredIn && performance.now() < until) return true;
    if (answer.isTaken) void giveBack(id);
    if (answer.period !== registeredIn) await register();
    return false;
  }

  /** Gives a slot back. If that fails, the slot expires by itself. */
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
