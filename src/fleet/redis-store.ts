import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Keeping, type Kept, MAX_KEYS, type Store } from '../cache/store.ts';
import { isWrongType } from './change-stream.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs, type SharedKept, toSharedText, type ValueShapes } from './value-shapes.ts';

/** Dependencies of `createRedisStore`. */
export interface RedisStoreOptions {
  /** The channel on which the replicas of this fleet announce each value that they store. No other fleet may use it. */
  readonly channel: string;
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
}

/** The message that a replica publishes when it has stored a value. */
interface Stored {
  /** The id of the replica that published the message. */
  readonly from: string;
  readonly key: string;
}

const Stored: z.ZodType<Stored> = z.object({ from: z.string(), key: z.string() });

/** This process's copy of a value in Redis. */
interface Copy {
  readonly kept: SharedKept;
  /**
   * The text of the value in Redis. While the text is unchanged, readers get the same object, so that they can reuse results that they
   * computed for this object.
   */
  readonly text: string;
  /** Whether the copy is up to date: no other replica can have stored a value since the copy was compared with Redis. */
  isCurrent: boolean;
}

/**
 * Creates a store in Redis, with copies of the values in the memory of this process. Replicas notify each other when they store a value. A
 * notification may be lost, so a copy that is no longer fresh is compared with Redis. While Redis is unavailable, replicas use their
 * copies.
 * A value in Redis is ignored if it has an unexpected shape or a time in the future. If two replicas store values under the same key, the
 * value that was requested from RunPod later wins, no matter which value was written last. Readers share values, so they must not change
 * them.
 */
export function createRedisStore(redis: RedisServer, options: RedisStoreOptions): Store {
  const store = new RedisStore(redis, options);
  return {
    get: (key) => store.get(key),
    // The type assertion is safe, because all values under one key have the same type.
    peek: <T>(key: string) => store.peek(key) as Kept<T> | undefined,
    set: (key, kept, keeping) => store.set(key, kept, keeping),
    version: () => store.version,
  };
}

class RedisStore {
  readonly #redis: RedisServer;
  readonly #options: RedisStoreOptions;
  readonly #id = randomUUID();
  readonly #copies = new LRUCache<string, Copy>({ max: MAX_KEYS });
  /** A number that changes whenever another replica may have stored a value. */
  version = 0;

  constructor(redis: RedisServer, options: RedisStoreOptions) {
    this.#redis = redis;
    this.#options = options;
    const subscriber = redis.connect();
    subscriber.on('message', (_channel, text: string) => this.#receive(text));
    // While there was no connection, or while Redis did not answer, notifications may have been lost. So every copy must be compared with
    // Redis again.
    subscriber.on('ready', () => this.#doubtAll());
    redis.onBack(() => this.#doubtAll());
    // An error from this command can be ignored: it occurs if the connection is closed, or if Redis does not permit subscriptions. After a
    // reconnection, ioredis subscribes again.
    subscriber.subscribe(options.channel).catch(() => {});
  }

  async get<T>(key: string): Promise<Kept<T> | undefined> {
    const copy = this.#copies.get(key);
    const isFresh = copy?.isCurrent === true && this.#options.now() < copy.kept.askedAt + copy.kept.dueAfterMs;
    const kept = isFresh ? copy.kept : await this.#read(key);
    // The type assertion is safe. All values under one key have the same type, and parsing has checked it.
    return kept as Kept<T> | undefined;
  }

  /** Returns the copy if it is up to date, else `undefined`. */
  peek(key: string): SharedKept | undefined {
    const copy = this.#copies.get(key);
    return copy?.isCurrent === true ? copy.kept : undefined;
  }

  async set<T>(key: string, kept: Kept<T>, { freshMs, goodMs }: Keeping): Promise<void> {
    // If another replica has stored an answer that was requested later, this answer is not stored.
    if (this.#isOutdated(key, kept)) return;
    const shared = { ...kept, dueAfterMs: this.#options.now() + freshMs - kept.askedAt };
    const text = toSharedText(shared);
    this.#copies.set(key, { kept: shared, text, isCurrent: true });
    const { client } = this.#redis;
    const message: Stored = { from: this.#id, key };
    await Promise.allSettled([
      client.set(key, text, 'PX', goodMs),
      client.publish(this.#options.channel, JSON.stringify(message)),
    ]);
  }

  /**
   * Compares the copy with the value in Redis, and returns the one that was requested from RunPod later. If Redis cannot be read, returns
   * the copy. The copy is then not marked as up to date, so that the next read compares again.
   */
  async #read(key: string): Promise<SharedKept | undefined> {
    const { version } = this;
    const text = await this.#readText(key);
    const isCurrent = version === this.version;
    const copy = this.#copies.get(key);
    if (text === undefined) return copy?.kept;
    if (copy !== undefined) copy.isCurrent ||= isCurrent;
    if (text === null || text === copy?.text) return copy?.kept;
    const kept = this.#parse(key, text);
    if (kept === undefined || this.#isOutdated(key, kept)) return copy?.kept;
    this.#copies.set(key, { kept, text, isCurrent });
    return kept;
  }

  /**
   * Returns the text under a key. Returns `null` if the key has no value or a value of another type, and `undefined` if Redis cannot be
   * read.
   */
  async #readText(key: string): Promise<string | null | undefined> {
    try {
      return await this.#redis.client.get(key);
    } catch (error) {
      if (!isWrongType(error)) return undefined;
      this.#options.unfit.count('answer', key);
      return null;
    }
  }

  #parse(key: string, text: string): SharedKept | undefined {
    const shape = this.#options.shapes.keptShapeOf(key);
    const kept = shape && readAs(shape, text);
    if (kept === undefined) this.#options.unfit.count('answer', key);
    return kept;
  }

  /**
   * Whether a value was requested from RunPod earlier than this replica's copy of it. Redis may contain such a value after an outage. Two
   * values with the same `observedAt` come from the same answer of RunPod, so neither of them is outdated.
   */
  #isOutdated(key: string, { askedAt, observedAt }: Kept<unknown>): boolean {
    const copy = this.#copies.get(key)?.kept;
    return copy !== undefined && copy.askedAt > askedAt && copy.observedAt !== observedAt;
  }

  #receive(text: string): void {
    const stored = readAs(Stored, text);
    if (stored === undefined) this.#options.unfit.count('answer', this.#options.channel);
    if (stored === undefined || stored.from === this.#id) return;
    this.version += 1;
    const copy = this.#copies.peek(stored.key);
    if (copy !== undefined) copy.isCurrent = false;
  }

  #doubtAll(): void {
    this.version += 1;
    for (const copy of this.#copies.values()) copy.isCurrent = false;
  }
}
