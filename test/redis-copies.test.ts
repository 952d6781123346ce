import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { LIST_KEYS } from '../src/cache/keys.ts';
import { SYSTEM_CLOCK } from '../src/domain/clock.ts';
import type { RedisServer } from '../src/fleet/redis.ts';
import { createRedisStore } from '../src/fleet/redis-store.ts';
import { createUnfitValues } from '../src/fleet/unfit-values.ts';
import { createValueShapes } from '../src/fleet/value-shapes.ts';
import { createLog } from '../src/observability/log.ts';

const KEY = LIST_KEYS.gpuTypes;
const KEEPING = { freshMs: 60_000, goodMs: 60_000 };

/** Opens a store on a simulated Redis server, which has one text per key. `failReads` makes all reads from that server fail. */
function openStore() {
  const texts = new Map<string, string>();
  let failure: Error | null = null;
  const subscriber = Object.assign(new EventEmitter(), { subscribe: async () => 1 });
  const client = {
    get: async (key: string) => {
      if (failure !== null) throw failure;
      return texts.get(key) ?? null;
    },
    set: async (key: string, text: string) => void texts.set(key, text),
    publish: async () => 1,
  };
  const redis = { client, connect: () => subscriber, onBack: () => {} } as unknown as RedisServer;
  const store = createRedisStore(redis, {
    channel: 'stored',
    unfit: createUnfitValues(createLog({ level: 'silent', secrets: [] })),
    shapes: createValueShapes(SYSTEM_CLOCK),
    now: SYSTEM_CLOCK.now,
  });
  return {
    store,
    failReads: (error: Error | null) => {
      failure = error;
    },
    /** Stores a newer list in Redis, as another replica would. Returns the time at which that list was requested. */
    storeElsewhere: (): string => {
      const observedAt = new Date(Date.now() - 1).toISOString();
      const value = { source: 'RUNPOD_REST', rows: [] };
      texts.set(KEY, JSON.stringify({ value, observedAt, dueAfterMs: KEEPING.freshMs }));
      subscriber.emit('message', 'stored', JSON.stringify({ from: 'another replica', key: KEY }));
      return observedAt;
    },
  };
}

const listOf = (agoMs: number) => ({
  value: { source: 'RUNPOD_REST', rows: [] },
  askedAt: SYSTEM_CLOCK.now() - agoMs,
  observedAt: new Date(Date.now() - agoMs).toISOString(),
});

it('a copy that another replica has replaced is read from Redis again after a read has failed', async () => {
  const { store, failReads, storeElsewhere } = openStore();
  await store.set(KEY, listOf(10_000), KEEPING);
  const before = store.peek(KEY)?.observedAt;
  const later = storeElsewhere();
  failReads(new Error('Redis does not answer'));
  expect((await store.get(KEY))?.observedAt).toBe(before);
  expect(store.peek(KEY)).toBeUndefined();
  failReads(null);
  expect((await store.get(KEY))?.observedAt).toBe(later);
  expect(store.peek(KEY)?.observedAt).toBe(later);
});

it('a copy counts as current again if its key in Redis has the wrong type, because replicas treat such a value as absent', async () => {
  const { store, failReads, storeElsewhere } = openStore();
  await store.set(KEY, listOf(10_000), KEEPING);
  storeElsewhere();
  failReads(new Error('WRONGTYPE Operation against a key holding the wrong kind of value'));
  expect(await store.get(KEY)).toBeDefined();
  expect(store.peek(KEY)).toBeDefined();
});
