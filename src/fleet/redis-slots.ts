import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InSlot } from '../upstream/request/in-slot.ts';
import type { RedisServer } from './redis.ts';
import { createSlotTable, type SlotTable } from './slot-table.ts';

/**
 * How much longer a slot lasts than the longest request, in milliseconds. When a replica no longer responds, its slots become free at their
 * end.
 */
const GRACE_MS = 5000;

/** How long before the end of its slot a request is aborted, in milliseconds. */
const MARGIN_MS = 1000;

/** The pause before a waiting request checks again for a free slot, in milliseconds. */
const LOOK_AGAIN_MS = 10;

/**
 * How long Redis must be unavailable before a replica sends requests without slots, in milliseconds. If only the connection broke, it is
 * restored sooner.
 */
const ALONE_AFTER_MS = 1000;

/** The slots of this replica for requests to RunPod. The replica can release all of them at once. */
export interface RedisSlots {
  readonly inSlot: InSlot;
  readonly giveBackAll: () => Promise<unknown>;
}

/** The settings of the slots. */
export interface RedisSlotsOptions {
  /** The number of slots that all replicas share. */
  readonly slots: number;
  /** The maximum time for which a request uses a slot, in milliseconds. */
  readonly timeoutMs: number;
  /** The channel that the replicas of this fleet listen to. No other fleet may use it. */
  readonly channel: string;
}

/** A request in flight, and the slot that it uses. */
interface Use {
  readonly id: string;
  /** When this replica must stop using the slot, in milliseconds of `performance.now()`. */
  readonly until: number;
  /** Aborted when the slot is lost. */
  readonly lost: AbortController;
}

/**
 * Creates slots in Redis, which limit how many requests to RunPod all replicas together have in flight. Redis's clock determines the end of
 * a slot, and the replica that uses the slot aborts its request a little earlier.
 * After Redis was emptied, no replica gets a new slot until every connected replica has registered its requests in flight, or until all
 * earlier slots have ended. While Redis is unavailable or refuses commands, each replica limits only its own requests. When Redis is
 * available again, each replica registers its requests in flight, and aborts those that get no slot.
 */
export function createRedisSlots(redis: RedisServer, options: RedisSlotsOptions): RedisSlots {
  const slots = new SlotHolder(redis, options);
  return { inSlot: (task) => slots.run(task), giveBackAll: () => slots.giveBackAll() };
}

/** Manages the slots of this replica, and the requests that use them. */
class SlotHolder {
  readonly #redis: RedisServer;
  readonly #table: SlotTable;
  /** How long a slot lasts, in milliseconds. */
  readonly #leaseMs: number;
  readonly #uses = new Map<string, Use>();
  /** Resolves when this replica has subscribed to the channel, or when the attempt has failed or taken too long. */
  readonly #subscribed: Promise<unknown>;
  /**
   * The name of the period for which the requests in flight of this replica are registered; `null` if they are not registered. A new
   * period starts after Redis was emptied.
   */
  #registeredIn: string | null = null;
  #registrations = 0;

  constructor(redis: RedisServer, { slots, timeoutMs, channel }: RedisSlotsOptions) {
    this.#redis = redis;
    this.#leaseMs = timeoutMs + GRACE_MS;
    this.#table = createSlotTable(redis.client, { slots, leaseMs: this.#leaseMs, channel, createId: randomUUID });
    const subscriber = redis.connect();
    // An error is ignored. It means that Redis does not permit subscriptions. Redis then does not count this replica as connected, so the
    // other replicas do not wait for it to register its requests.
    this.#subscribed = Promise.race([
      subscriber.subscribe(channel).catch(() => {}),
      wait(ALONE_AFTER_MS, undefined, { ref: false }),
    ]);
    subscriber.on('message', () => void this.#register());
    subscriber.on('ready', () => void this.#register());
    redis.onBack(() => void this.#register());
  }

  /** Runs a task in a slot. Aborts the signal of the task when the slot is lost or ends. */
  async run<T>(task: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const use = await this.#take();
    this.#uses.set(use.id, use);
    const end = setTimeout(() => use.lost.abort(), use.until - performance.now());
    try {
      return await task(use.lost.signal);
    } finally {
      clearTimeout(end);
      this.#uses.delete(use.id);
      void this.#giveBack(use.id);
    }
  }

  giveBackAll(): Promise<unknown> {
    return Promise.all([...this.#uses.keys()].map((id) => this.#giveBack(id)));
  }

  /**
   * Registers all requests of this replica that are in flight. This releases all other slots of this replica. Aborts the requests that get
   * no slot.
   */
  async #register(): Promise<void> {
    this.#registrations += 1;
    const registration = this.#registrations;
    this.#registeredIn = null;
    const now = performance.now();
    const requests = [...this.#uses.values()].map(({ id, until }) => ({ id, restMs: Math.ceil(until - now) }));
    const answer = await this.#table.register(requests.filter(({ restMs }) => restMs > 0)).catch(() => null);
    // If another registration has begun in the meantime, this answer is ignored. It may be outdated, because Redis may have been emptied
    // between the two registrations.
    if (answer === null || registration !== this.#registrations) return;
    this.#registeredIn = answer.period;
    for (const id of answer.refused) this.#uses.get(id)?.lost.abort();
  }

  async #take(): Promise<Use> {
    // A replica must subscribe before it takes a slot. If Redis is new or was emptied, Redis counts the subscribed replicas, and gives
    // slots to new requests only when this number of replicas has registered, or when all earlier slots have ended.
    await this.#subscribed;
    for (;;) {
      const until = performance.now() + this.#leaseMs - MARGIN_MS;
      const use: Use = { id: randomUUID(), until, lost: new AbortController() };
      const mayBegin = this.#redis.isUp() ? await this.#isTaken(use) : this.#redis.awayMs() >= ALONE_AFTER_MS;
      if (mayBegin) return use;
      await wait(LOOK_AGAIN_MS);
    }
  }

  /** Returns whether the request may be sent. It may be sent if it gets a slot, or if Redis is available but refuses the command. */
  async #isTaken(use: Use): Promise<boolean> {
    const answer = await this.#table.take(use.id).catch(() => null);
    // If Redis's answer is lost, Redis may have assigned the slot nevertheless. The slot is released when this replica next registers its
    // requests in flight.
    if (answer === null) return this.#redis.isUp();
    // The slot is used only if its time has not run out, and if Redis was not emptied in the meantime.
    if (answer.isTaken && answer.period === this.#registeredIn && performance.now() < use.until) {
      // The request is recorded before any other code runs. A registration releases every slot of this replica that has no recorded
      // request, so a registration between taking the slot and recording the request would release this slot.
      this.#uses.set(use.id, use);
      return true;
    }
    if (answer.isTaken) void this.#giveBack(use.id);
    if (answer.period !== this.#registeredIn) await this.#register();
    return false;
  }

  /** Releases a slot. If Redis is unavailable, the slot is released when this replica next registers its requests in flight. */
  #giveBack(id: string): Promise<unknown> {
    return this.#table.release(id).catch(() => {});
  }
}
