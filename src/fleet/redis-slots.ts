import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InSlot } from '../upstream/request/in-slot.ts';
import type { RedisServer } from './redis.ts';
import { createSlotTable, type SlotTable } from './slot-table.ts';

/**
 * How much longer a slot lasts than the longest request, in milliseconds. After this time, another replica may take the slot of a replica
 * that no longer responds.
 */
const GRACE_MS = 5000;

/** The time between the moment when a request is aborted and the end of its slot, in milliseconds. */
const MARGIN_MS = 1000;

/** The pause between two checks for a free slot by a waiting replica, in milliseconds. */
const LOOK_AGAIN_MS = 10;

/**
 * How long Redis must be unavailable before a replica sends requests without slots, in milliseconds. If only the connection has broken, it
 * is restored sooner.
 */
const ALONE_AFTER_MS = 1000;

/** Slots for requests to RunPod, which this replica can release all at once. */
export interface RedisSlots {
  readonly inSlot: InSlot;
  readonly giveBackAll: () => Promise<unknown>;
}

/** The settings of the slots. */
export interface RedisSlotsOptions {
  /** The number of slots that all replicas share. */
  readonly slots: number;
  /** The longest time that a request uses a slot, in milliseconds. */
  readonly timeoutMs: number;
  /** The channel that the replicas of this fleet listen to. No other fleet may use it. */
  readonly channel: string;
}

/** A request in flight, and the slot that it uses. */
interface Use {
  readonly id: string;
  /** When this replica must stop using the slot, in milliseconds on the scale of `performance.now()`. */
  readonly until: number;
  /** Aborted when the slot is lost. */
  readonly lost: AbortController;
}

/**
 * Creates slots in Redis for requests to RunPod. The end of a slot is measured by Redis's clock, and the replica that uses the slot stops a
 * little earlier. If a replica is suspended and resumes after the end of its slots, it aborts its requests at once.
 *
 * After Redis was emptied, no replica gets a slot until every connected replica has registered its requests in flight, or until all earlier
 * slots have ended. While Redis is unavailable or refuses commands, each replica applies the limit to its own requests only. When Redis is
 * available again, each replica registers its requests in flight, and aborts the requests that get no slot.
 */
export function createRedisSlots(redis: RedisServer, options: RedisSlotsOptions): RedisSlots {
  const slots = new SlotHolder(redis, options);
  return { inSlot: (task) => slots.run(task), giveBackAll: () => slots.giveBackAll() };
}

/** The slots that this replica uses. */
class SlotHolder {
  readonly #redis: RedisServer;
  readonly #table: SlotTable;
  /** How long a slot lasts, in milliseconds. */
  readonly #leaseMs: number;
  readonly #uses = new Map<string, Use>();
  /** Resolves when this replica has subscribed to the channel, or when the attempt has failed or takes too long. */
  readonly #subscribed: Promise<unknown>;
  /**
   * The name of the period in which this replica has registered its requests in flight; `null` during a registration. A new period starts
   * when Redis was emptied.
   */
  #registeredIn: string | null = null;
  #registrations = 0;
  /** The ids of slots that Redis may have assigned although it did not confirm them in time. */
  readonly #unconfirmed = new Set<string>();

  constructor(redis: RedisServer, { slots, timeoutMs, channel }: RedisSlotsOptions) {
    this.#redis = redis;
    this.#leaseMs = timeoutMs + GRACE_MS;
    this.#table = createSlotTable(redis.client, { slots, leaseMs: this.#leaseMs, channel, createId: randomUUID });
    const subscriber = redis.connect();
    // Subscribing fails if Redis forbids it. In that case, the other replicas do not wait for this replica.
    this.#subscribed = Promise.race([
      subscriber.subscribe(channel).catch(() => {}),
      wait(ALONE_AFTER_MS, undefined, { ref: false }),
    ]);
    subscriber.on('message', () => void this.#register());
    subscriber.on('ready', () => void this.#register());
    redis.onBack(() => {
      for (const id of this.#unconfirmed) void this.#giveBack(id);
      this.#unconfirmed.clear();
      void this.#register();
    });
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

  /** Registers all requests in flight. Aborts the requests that get no slot. */
  async #register(): Promise<void> {
    this.#registrations += 1;
    const registration = this.#registrations;
    this.#registeredIn = null;
    const now = performance.now();
    const requests = [...this.#uses.values()].map(({ id, until }) => ({ id, restMs: Math.ceil(until - now) }));
    const answer = await this.#table.register(requests.filter(({ restMs }) => restMs > 0)).catch(() => null);
    // Only the latest registration counts, because Redis may have been emptied again since this one was sent.
    if (answer === null || registration !== this.#registrations) return;
    this.#registeredIn = answer.period;
    for (const id of answer.refused) this.#uses.get(id)?.lost.abort();
  }

  async #take(): Promise<Use> {
    // Subscribe first, because Redis counts the subscribed replicas when it starts a period.
    await this.#subscribed;
    for (;;) {
      const until = performance.now() + this.#leaseMs - MARGIN_MS;
      const use: Use = { id: randomUUID(), until, lost: new AbortController() };
      const mayUse = this.#redis.isUp() ? await this.#isTaken(use) : this.#redis.awayMs() >= ALONE_AFTER_MS;
      if (mayUse) return use;
      await wait(LOOK_AGAIN_MS);
    }
  }

  /** Returns whether the request may be sent. It may be sent if it has a slot, or if Redis is available but refuses the command. */
  async #isTaken({ id, until }: Use): Promise<boolean> {
    const answer = await this.#table.take(id).catch(() => null);
    if (answer === null) {
      if (this.#redis.isUp()) return true;
      // Redis may have assigned the slot, or may still do so once it responds again.
      this.#unconfirmed.add(id);
      return false;
    }
    // After the slot was taken, this replica may have been suspended, or Redis may have been emptied. Then the slot does not count.
    if (answer.isTaken && answer.period === this.#registeredIn && performance.now() < until) return true;
    if (answer.isTaken) void this.#giveBack(id);
    if (answer.period !== this.#registeredIn) await this.#register();
    return false;
  }

  /** Releases a slot. If this fails, the slot expires by itself. */
  #giveBack(id: string): Promise<unknown> {
    return this.#table.release(id).catch(() => {});
  }
}
