import { EventEmitter } from 'node:events';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { type Kept, MAX_KEYS, type Store } from '../cache/store.ts';
import type { RedisServer } from './redis.ts';

/**
 * A store in Redis behind this process's memory. Replicas tell each other what they have kept; what one of them has not heard of
 * is looked for in Redis as soon as what it has is not fresh. While Redis is away, memory alone is used. What is kept is shared
 * by all who read it, so nobody may change it.
 */
export function createRedisStore({ client, connect }: RedisServer, name: string): Store {
  const emitter = new EventEmitter();
  const cache = new BentoCache({
    default: name,
    emitter,
    serializer: createSerializer(),
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

  function later<T>(key: string, kept: Kept<T> | undefined): Kept<T> | undefined {
    // What is kept under one key is always of one type.
    const seen = latest.get(key) as Kept<T> | undefined;
    if (kept === undefined || (seen !== undefined && seen.loadedAt > kept.loadedAt)) return seen;
    latest.set(key, kept);
    return kept;
  }

  return {
    async get<T>(key: string) {
      const askedAt = version;
      const kept = later<T>(key, await cache.get<Kept<T>>({ key, grace: FOREVER_MS }));
      if (kept !== undefined) seenAt.set(kept, askedAt);
      return kept;
    },
    peek<T>(key: string) {
      // What is kept under one key is always of one type.
      const kept = latest.get(key) as Kept<T> | undefined;
      return kept !== undefined && seenAt.get(kept) === version ? kept : undefined;
    },
    async set(key, kept, { freshMs, goodMs }) {
      seenAt.set(kept, version);
      latest.set(key, kept);
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

/** JSON, each text of which is read once. */
function createSerializer() {
  const values = new LRUCache<string, object>({ maxSize: MAX_TEXT, sizeCalculation: (_value, { length }) => length });
  return {
    serialize: (value: unknown) => JSON.stringify(value),
    deserialize(text: string) {
      const known = values.get(text);
      if (known !== undefined) return known;
      const value = JSON.parse(text);
      values.set(text, value);
      return value;
    },
  };
}
