import { EventEmitter } from 'node:events';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Kept, MAX_KEYS, type Store } from '../cache/store.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { toSharedText, type ValueShapes } from './value-shapes.ts';

/** How values from Redis are checked. */
export interface RedisStoreOptions {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
}

/**
 * Creates a store in Redis with a copy in the memory of this process. Replicas notify each other of what they store. A replica that
 * missed a notification reads from Redis as soon as its own copy is no longer fresh. While Redis is unavailable, the memory is
 * used. A value in Redis that does not have the shape of its key, or is from the future, counts as absent, so that the next load
 * overwrites it. Of two values under one key, the one that was requested from RunPod later counts, whichever was written last.
 * Readers share values and must not change them.
 */
export function createRedisStore(
  { client, connect }: RedisServer,
  name: string,
  { unfit, shapes }: RedisStoreOptions,
): Store {
  const emitter = new EventEmitter();
  /**
   * The values that this process uses, by the object that bentocache returns. Values stored here map to themselves; others are
   * checked and get a monotonic time.
   */
  const fitting = new WeakMap<object, Kept<unknown>>();
  const cache = new BentoCache({
    default: name,
    emitter,
    serializer: createSerializer(() => unfit.count('answer', 'not an entry')),
    stores: {
      // The name of the store is also the name of its bus channel.
      [name]: bentostore()
        .useL1Layer(memoryDriver({ maxItems: MAX_KEYS }))
        .useL2Layer(redisDriver({ connection: client }))
        // The bus opens its own connections by duplicating this one.
        .useBus(redisBusDriver({ connection: Object.assign(connect(), { duplicate: () => forBus(connect()) }) })),
    },
  });
  /** The latest value seen for each key. After an outage Redis may have an older one. */
  const latest = new LRUCache<string, Kept<unknown>>({ max: MAX_KEYS });
  /**
   * The version at which each value was last seen. If the version has changed since, another replica may have stored a later value.
   */
  const seenAt = new WeakMap<Kept<unknown>, number>();
  let version = 0;
  emitter.on('bus:message:received', () => {
    version += 1;
  });

  /** Checks a value from Redis. Each value is checked once, because the serializer returns the same object for the same text. */
  function checked(key: string, kept: unknown): Kept<unknown> | undefined {
    if (kept === undefined) return undefined;
    const known = typeof kept === 'object' && kept !== null ? fitting.get(kept) : undefined;
    if (known !== undefined) return known;
    const placed = shapes.keptShapeOf(key)?.safeParse(kept).data;
    if (placed === undefined) unfit.count('answer', key);
    // Only an object passes the check.
    else fitting.set(kept as object, placed);
    return placed;
  }

  /**
   * Returns the later of `kept` and the latest value seen. Two values of one time are one answer, which a supplement may have
   * extended.
   */
  function later<T>(key: string, kept: Kept<T> | undefined): Kept<T> | undefined {
    // All values under one key have the same type.
    const seen = latest.get(key) as Kept<T> | undefined;
    if (kept === undefined) return seen;
    if (seen !== undefined && seen.askedAt > kept.askedAt && seen.observedAt !== kept.observedAt) return seen;
    latest.set(key, kept);
    return kept;
  }

  return {
    async get<T>(key: string) {
      const askedAt = version;
      const found = checked(key, await cache.get<unknown>({ key, grace: FOREVER_MS }));
      // The shape of the key is the shape of T.
      const kept = later<T>(key, found as Kept<T> | undefined);
      if (kept !== undefined) seenAt.set(kept, askedAt);
      return kept;
    },
    peek<T>(key: string) {
      // All values under one key have the same type.
      const kept = latest.get(key) as Kept<T> | undefined;
      return kept !== undefined && seenAt.get(kept) === version ? kept : undefined;
    },
    async set(key, kept, { freshMs, goodMs }) {
      // Another replica may have stored a later answer in the meantime.
      if (later(key, kept) !== kept) return;
      fitting.set(kept, kept);
      seenAt.set(kept, version);
      await cache.set({ key, value: kept, ttl: freshMs, grace: goodMs }).catch(() => {});
    },
    version: () => version,
  };
}

/**
 * Makes `subscribe` on a connection of the bus never reject. The bus does not handle a refusal, which would end the process;
 * createRedis logs it.
 */
function forBus(connection: Redis): Redis {
  const subscribe = connection.subscribe.bind(connection) as (...channels: string[]) => Promise<unknown>;
  return Object.assign(connection, { subscribe: (...channels: string[]) => subscribe(...channels).catch(() => 0) });
}

/**
 * The grace period of reads, in milliseconds. It makes bentocache return entries past their freshness too, and keep them in memory.
 * The caller decides by `askedAt` whether a value is still good enough.
 */
const FOREVER_MS = 604_800_000;

/** The most characters of serialized texts that stay parsed in memory: several times all cells for every pod size. */
const MAX_TEXT = 16_000_000;

/** What bentocache writes: a value, and when it was written and when it expires, in milliseconds since 1970. */
const Entry = z.object({ value: z.unknown(), createdAt: z.number(), logicalExpiration: z.number() });

/** The entry that replaces anything in Redis that is not an entry. It has expired, and its value is absent. */
const NO_ENTRY = { value: undefined, createdAt: 0, logicalExpiration: 0 };

/** Creates a JSON serializer that parses each text once. Calls `onUnfit` for each text that is not a cache entry. */
function createSerializer(onUnfit: () => void) {
  const entries = new LRUCache<string, object>({ maxSize: MAX_TEXT, sizeCalculation: (_entry, { length }) => length });

  function read(text: string): object {
    try {
      const entry = Entry.safeParse(JSON.parse(text));
      if (entry.success) return entry.data;
    } catch {
      // The text is not JSON, so it is not an entry either.
    }
    onUnfit();
    return NO_ENTRY;
  }

  return {
    serialize(entry: object) {
      const text = toSharedText(entry);
      // bentocache's memory keeps texts too, so this one is soon deserialized.
      entries.set(text, entry);
      return text;
    },
    deserialize(text: string) {
      const entry = entries.get(text) ?? read(text);
      entries.set(text, entry);
      return entry;
    },
  };
}
