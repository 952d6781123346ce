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

/** What judges the values from Redis. */
export interface RedisStoreOptions {
  readonly unfit: UnfitValues;
  readonly shapes: ValueShapes;
}

/**
 * A store in Redis behind this process's memory. Replicas notify each other of what they keep. A replica that missed a notification
 * looks in Redis as soon as its own copy is no longer fresh. While Redis is away, memory alone is used. A value in Redis that does
 * not have the shape of its key, or is from the future, counts as absent, so that the next load overwrites it. Of two values under one
 * key, the one that was asked for later counts, whichever was written last. Readers share values and must not change them.
 */
export function createRedisStore(
  { client, connect }: RedisServer,
  name: string,
  { unfit, shapes }: RedisStoreOptions,
): Store {
  const emitter = new EventEmitter();
  /** Values as this process reads them, by what Redis has: those kept here as they are, others checked and placed in time. */
  const fitting = new WeakMap<object, Kept<unknown>>();
  const cache = new BentoCache({
    default: name,
    emitter,
    serializer: createSerializer(() => unfit.count('answer', 'not an entry')),
    stores: {
      // Its channel is named for it.
      [name]: bentostore()
        .useL1Layer(memoryDriver({ maxItems: MAX_KEYS }))
        .useL2Layer(redisDriver({ connection: client }))
        // The bus makes connections of its own by duplicating this one.
        .useBus(redisBusDriver({ connection: Object.assign(connect(), { duplicate: () => forBus(connect()) }) })),
    },
  });
  /** The latest of each key that was seen: after Redis was away, it may have an older one. */
  const latest = new LRUCache<string, Kept<unknown>>({ max: MAX_KEYS });
  /** The version at which it was seen, of each: since then another replica may have kept a later one. */
  const seenAt = new WeakMap<Kept<unknown>, number>();
  let version = 0;
  emitter.on('bus:message:received', () => {
    version += 1;
  });

  /** Each value is checked once, because the serializer returns the same object for the same text. */
  function checked(key: string, kept: unknown): Kept<unknown> | undefined {
    if (kept === undefined) return undefined;
    const known = typeof kept === 'object' && kept !== null ? fitting.get(kept) : undefined;
    if (known !== undefined) return known;
    const placed = shapes.keptShapeOf(key)?.safeParse(kept).data;
    if (placed === undefined) unfit.count('answer', key);
    // Only an object has the shape.
    else fitting.set(kept as object, placed);
    return placed;
  }

  /** The later of `kept` and what was seen before. Two values of one moment are one answer, to which something may have been added. */
  function later<T>(key: string, kept: Kept<T> | undefined): Kept<T> | undefined {
    // What is kept under one key is always of one type.
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
      // What is kept under one key is always of one type.
      const kept = latest.get(key) as Kept<T> | undefined;
      return kept !== undefined && seenAt.get(kept) === version ? kept : undefined;
    },
    async set(key, kept, { freshMs, goodMs }) {
      // Another replica may have kept a later answer meanwhile.
      if (later(key, kept) !== kept) return;
      fitting.set(kept, kept);
      seenAt.set(kept, version);
      await cache.set({ key, value: kept, ttl: freshMs, grace: goodMs }).catch(() => {});
    },
    version: () => version,
  };
}

/** The bus leaves what it subscribes to unwatched: where that is refused, which is told elsewhere, it must not end the process. */
function forBus(connection: Redis): Redis {
  const subscribe = connection.subscribe.bind(connection) as (...channels: string[]) => Promise<unknown>;
  return Object.assign(connection, { subscribe: (...channels: string[]) => subscribe(...channels).catch(() => 0) });
}

/** What Redis has may be served for as long as it has it. */
const FOREVER_MS = 604_800_000;

/** Texts whose values are remembered, in characters of all of them: several times the matrix for every pod size. */
const MAX_TEXT = 16_000_000;

/** What bentocache writes: a value, and when it was written and expires, in milliseconds since 1970. */
const Entry = z.object({ value: z.unknown(), createdAt: z.number(), logicalExpiration: z.number() });

/** The entry that is read where Redis has something else. It expired long ago, and its value is absent. */
const NO_ENTRY = { value: undefined, createdAt: 0, logicalExpiration: 0 };

/** JSON. Each text is parsed once; calls `onUnfit` for each text that is not an entry of the cache. */
function createSerializer(onUnfit: () => void) {
  const entries = new LRUCache<string, object>({ maxSize: MAX_TEXT, sizeCalculation: (_entry, { length }) => length });

  function read(text: string): object {
    try {
      const entry = Entry.safeParse(JSON.parse(text));
      if (entry.success) return entry.data;
    } catch {
      // Not JSON, which is no entry either.
    }
    onUnfit();
    return NO_ENTRY;
  }

  return {
    serialize(entry: object) {
      const text = toSharedText(entry);
      // Memory keeps texts too, so that it is read again soon.
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
