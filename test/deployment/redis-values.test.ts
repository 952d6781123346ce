import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { LIST_KEYS, OBSERVATION_KEY_PREFIX } from '../../src/cache/keys.ts';
import { loadConfig } from '../../src/config.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { createRedisFleet } from '../../src/fleet/redis-fleet.ts';
import { createLog } from '../../src/observability/log.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplica } from '../support/fleet.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { inStock, NOTHING } from '../support/stock.ts';
import { overSse } from '../support/subscribers.ts';

const MATRIX =
  '{ gpuAvailability(filter: { includeUnavailable: true }) { coverage { complete failed } nodes { stock } } }';
const WHOLE = { complete: true, failed: 0 };
const L4 = 'NVIDIA L4';
const PLACE = 'EUR-IS-1';
const MANY = 60_000;
const NOW = new Date().toISOString();
const IN_TEN_MINUTES = new Date(Date.now() + 600_000).toISOString();

/** Returns the JSON text that the cache stores for a value. */
const kept = (value: unknown, change: object = {}) =>
  JSON.stringify({ value, observedAt: new Date().toISOString(), dueAfterMs: MANY, ...change });
const cell = (change: object) => ({
  dataCenterId: PLACE,
  failure: null,
  observedAt: NOW,
  source: 'RUNPOD_GRAPHQL',
  stale: false,
  available: true,
  stock: 'HIGH',
  onDemandPrice: null,
  spotPrice: null,
  availableGpuCounts: null,
  spotObservedAt: null,
  ...change,
});
const observed = (...cells: unknown[]) =>
  kept({ latest: { gpuTypeId: L4, gpuCount: 1, cells, observedAt: NOW }, lastKnown: [], doubted: null });

/** Values, by name, that another program or another release may have stored in Redis under the keys of the cache. */
const OTHER_VALUES: Record<string, string> = {
  'not JSON': 'no sense',
  'an empty text': '',
  'JSON null': 'null',
  'a number': '5',
  'an empty list': '[]',
  'a null value': '{"value":null}',
  'a null in a kept value': kept(null),
  'a value that is never due': kept({ source: 'RUNPOD_GRAPHQL', rows: [] }, { dueAfterMs: null }),
  'a list without rows': kept({ source: 'RUNPOD_GRAPHQL', rows: {} }),
  'a list of nulls': kept({ source: 'RUNPOD_GRAPHQL', rows: [null] }),
  'a list of other rows': kept({ source: 'RUNPOD_GRAPHQL', rows: [{ id: L4 }, { id: PLACE }] }),
  'a list of another source': kept({ source: 'TOMORROW', rows: [] }),
  'an observation without cells': kept({
    latest: { gpuTypeId: L4, gpuCount: 1, observedAt: NOW },
    lastKnown: [],
    doubted: null,
  }),
  'an observation of nulls': observed(null),
  'an observation with an unknown level': observed(cell({ stock: 'PLENTY' })),
  'an observation with an invalid time': observed(cell({ observedAt: 'yesterday' })),
  'a list from the future': kept({ source: 'RUNPOD_GRAPHQL', rows: [] }, { observedAt: IN_TEN_MINUTES }),
  'an observation from the future': observed(cell({ observedAt: IN_TEN_MINUTES })),
  'a spot price from the future': observed(cell({ spotObservedAt: IN_TEN_MINUTES })),
  'an observation with a price as text': observed(cell({ onDemandPrice: '0.43' })),
};

async function open(env: Record<string, string> = {}) {
  const [redis, runPod] = await Promise.all([startRedis(), startFakeRunPod()]);
  const admin = new Redis(redis.url);
  return {
    runPod,
    admin,
    env: { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, REDIS_URL: redis.url, ...env },
    async [Symbol.asyncDispose]() {
      killAll();
      admin.disconnect();
      await runPod[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

const keysOfAnswers = (admin: Redis) => admin.keys('*:v[0-9]*:[gdo]*');
const unfit = (kind: string) => `gpu_gateway_redis_unfit_values_total{kind="${kind}"}`;

const leaving: Pick<Fleet, 'leave'>[] = [];
afterEach(async () => {
  killAll();
  await Promise.all(leaving.splice(0).map((one) => one.leave()));
});

describe.skipIf(!HAS_REDIS)('a value in Redis that this release does not write', () => {
  it.each(Object.entries(OTHER_VALUES))('is counted, and treated as missing, if it is %s', async (_what, value) => {
    await using redis = await startRedis();
    const log = createLog({ level: 'silent', secrets: [] });
    const fleet = createRedisFleet(new URL(redis.url), loadConfig({ UPSTREAM: 'graphql' }), log);
    const admin = new Redis(redis.url);
    leaving.push(fleet, { leave: async () => admin.disconnect() });
    await fleet.join();
    const keys = [LIST_KEYS.gpuTypes, LIST_KEYS.dataCenters, `${OBSERVATION_KEY_PREFIX}1 ${L4}`];
    for (const key of keys) {
      await admin.set(`gpu-gateway:graphql:${key}`, value, 'PX', MANY);
      expect(await fleet.store.get(key)).toBeUndefined();
      expect(fleet.unfitValues()?.answer).toBeGreaterThan(0);
    }
  });

  it.each(['not JSON', 'a null value', 'a list without rows', 'a list of other rows'])(
    'is overwritten by a new replica, and does not affect the answers of that replica, when it is %s',
    async (what) => {
      await using fleet = await open();
      const first = await startReplica(fleet.env);
      const right = (await first.ask(MATRIX)).gpuAvailability;
      await first.kill();
      const keys = await keysOfAnswers(fleet.admin);
      expect(keys.length).toBeGreaterThan(40);
      const others = Object.values(OTHER_VALUES);
      // Stores a wrong value under the key of each answer. Lists get the value named `what`, and observations get the `OTHER_VALUES` in
      // turn.
      for (const [index, key] of keys.entries()) {
        const value = key.includes('observation') ? others[index % others.length] : OTHER_VALUES[what];
        await fleet.admin.set(key, value ?? '', 'PX', MANY);
      }
      const replica = await startReplica(fleet.env);
      expect((await replica.ask(MATRIX)).gpuAvailability).toEqual(right);
      expect(await replica.metric(unfit('answer'))).toBeGreaterThanOrEqual(others.length);
      expect(replica.logged().match(/unexpected shape/g)).toHaveLength(1);
      expect(replica.errors()).toBe('');
      for (const key of keys) expect(others).not.toContain(await fleet.admin.get(key));
    },
  );

  it('is overwritten even if it has a different Redis type', async () => {
    await using fleet = await open();
    const first = await startReplica(fleet.env);
    await first.ask(MATRIX);
    await first.kill();
    const keys = await fleet.admin.keys('*');
    for (const key of keys) {
      await fleet.admin.del(key);
      await fleet.admin.sadd(key, 'no sense');
    }
    const replica = await startReplica(fleet.env);
    expect((await replica.ask(MATRIX)).gpuAvailability.coverage).toEqual(WHOLE);
    for (const key of await keysOfAnswers(fleet.admin)) expect(await fleet.admin.type(key)).toBe('string');
    await expect.poll(async () => fleet.admin.type(`gpu-gateway:graphql:v2:seen:1 ${L4}`)).toBe('hash');
    expect(replica.errors()).toBe('');
  });

  it.each([
    ['not a lease', 'no sense', MANY],
    ['a lease that never ends', '00000000-0000-4000-8000-000000000000', null],
  ])('does not prevent the loading of a list if it is stored as a lease but is %s', async (_what, value, expiresMs) => {
    await using fleet = await open();
    for (const name of ['gpuTypes', 'dataCenters']) {
      const key = `gpu-gateway:graphql:lease:${name}`;
      await (expiresMs === null ? fleet.admin.set(key, value) : fleet.admin.set(key, value, 'PX', expiresMs));
    }
    const replica = await startReplica(fleet.env);
    expect((await replica.ask(MATRIX)).gpuAvailability.coverage).toEqual(WHOLE);
    expect(await replica.metric(unfit('lease'))).toBe(2);
  });

  it.each([
    'no sense',
    'null',
    '{}',
    '[null]',
    JSON.stringify([{ latest: cell({ observedAt: 'never' }), bySource: {}, shownPrice: null }]),
    JSON.stringify([{ latest: cell({ observedAt: IN_TEN_MINUTES }), bySource: {}, shownPrice: null }]),
  ])('causes no event to be lost when it replaces the last seen cells (%s)', async (cells) => {
    await using fleet = await open({ FRESH_SECONDS: '1' });
    const replica = await startReplica(fleet.env);
    const subscriber = overSse(replica.url, { gpuType: L4 });
    await expect.poll(() => replica.metric('gpu_gateway_subscriptions')).toBe(1);
    await replica.ask(MATRIX);
    const key = `gpu-gateway:graphql:v2:seen:1 ${L4}`;
    await expect.poll(() => fleet.admin.exists(key)).toBe(1);
    // Sets the wrong cells repeatedly, because the replica may overwrite them before it has read them.
    const readCells = async () => {
      await fleet.admin.hset(key, 'cells', cells);
      return replica.metric(unfit('seen'));
    };
    await expect.poll(readCells).toBeGreaterThan(0);
    fleet.runPod.stock.set(L4, PLACE, NOTHING);
    await expect.poll(() => subscriber.changes.map(({ kind }) => kind)).toEqual(['DISAPPEARED']);
    expect(await fleet.admin.hget(key, 'cells')).not.toBe(cells);
    expect(replica.errors()).toBe('');
    subscriber.leave();
  });

  it('is ignored if it is an entry in the stream of changes or a message on a channel', async () => {
    await using fleet = await open({ FRESH_SECONDS: '1' });
    const replica = await startReplica(fleet.env);
    const subscriber = overSse(replica.url, { gpuType: L4 });
    await expect.poll(() => replica.metric('gpu_gateway_subscriptions')).toBe(1);
    await replica.ask(MATRIX);
    const others = ['{', 'null', '5', '{}', '{"kind":"APPEARED","before":null,"after":null,"cell":null}'];
    for (const other of others) await fleet.admin.xadd('gpu-gateway:graphql:v2:changes', '*', 'change', other);
    const messages = [...others, '{"busId":"me","payload":null}', '{"from":1,"source":"RUNPOD_GRAPHQL","pauseMs":1e9}'];
    for (const channel of (await fleet.admin.pubsub('CHANNELS', '*')) as string[]) {
      for (const message of messages) await fleet.admin.publish(channel, message);
    }
    fleet.runPod.stock.set(L4, PLACE, NOTHING);
    await expect.poll(() => subscriber.changes.map(({ kind }) => kind)).toEqual(['DISAPPEARED']);
    expect(await replica.metric(unfit('change'))).toBe(others.length);
    expect(await replica.metric(unfit('refusal'))).toBe(messages.length);
    expect(replica.errors()).toBe('');
    subscriber.leave();
  });

  it('is deleted if it is stored under the key of the stream of changes, so that replicas share changes again', async () => {
    await using fleet = await open({ FRESH_SECONDS: '1' });
    await fleet.admin.set('gpu-gateway:graphql:v2:changes', 'no sense');
    const replica = await startReplica(fleet.env);
    await replica.ask(MATRIX);
    await expect.poll(() => fleet.admin.exists('gpu-gateway:graphql:v2:changes')).toBe(0);
    const subscriber = overSse(replica.url, { gpuType: L4 });
    await expect.poll(() => replica.metric('gpu_gateway_subscriptions')).toBe(1);
    // After the wrong value is deleted, the replica adds no changes to the stream until it has begun to read the stream again. So the test
    // causes changes until the stream has an entry.
    const levels = [NOTHING, inStock('High')];
    for (let turn = 0; (await fleet.admin.xlen('gpu-gateway:graphql:v2:changes')) === 0; turn += 1) {
      fleet.runPod.stock.set(L4, PLACE, levels[turn % 2] ?? NOTHING);
      await expect.poll(() => subscriber.changes.length).toBe(turn + 1);
    }
    expect(replica.errors()).toBe('');
    subscriber.leave();
  });
});
