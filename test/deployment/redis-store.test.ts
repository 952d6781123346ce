import { afterEach, describe, expect, it } from 'vitest';
import { LIST_KEYS } from '../../src/cache/keys.ts';
import type { Store } from '../../src/cache/store.ts';
import { loadConfig } from '../../src/config.ts';
import { askedNow, type Clock, SYSTEM_CLOCK } from '../../src/domain/clock.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { createRedisFleet } from '../../src/fleet/redis-fleet.ts';
import { createLog } from '../../src/observability/log.ts';
import { dataCenterOf } from '../support/list-rows.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const KEY = LIST_KEYS.gpuTypes;
const BEGAN = Date.now();
const ASKED_AT = performance.now();
const stampOf = (number: number) => new Date(BEGAN + number).toISOString();
const KEEPING = { freshMs: 60_000, goodMs: 60_000 };

const fleets: Fleet[] = [];
afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.leave()));
});

async function joinAs(url: string, clock?: Clock): Promise<Fleet> {
  const config = loadConfig({ UPSTREAM: 'graphql' });
  const fleet = createRedisFleet(new URL(url), config, createLog({ level: 'silent', secrets: [] }), clock);
  fleets.push(fleet);
  await fleet.join();
  return fleet;
}

const join = async (url: string): Promise<Store> => (await joinAs(url)).store;

describe.runIf(HAS_REDIS)('a value in the memory of a replica', () => {
  it('is not returned if another replica may have stored a newer value, until the value was read from Redis', async () => {
    await using redis = await startRedis();
    const [mine, theirs] = [await join(redis.url), await join(redis.url)];
    const kept = (number: number) => ({
      value: { source: 'RECORDED', rows: [] },
      askedAt: ASKED_AT + number,
      observedAt: stampOf(number),
    });
    await mine.set(KEY, kept(1), KEEPING);
    // The store may read the first value before Redis notifies the store about it. The notification then makes the value in memory invalid,
    // so the store must read it again.
    const peek = async (store: Store) => {
      await store.get(KEY);
      return store.peek(KEY)?.observedAt;
    };
    await expect.poll(async () => [await peek(mine), await peek(theirs)]).toEqual([stampOf(1), stampOf(1)]);
    const before = mine.version();
    await theirs.set(KEY, kept(2), KEEPING);
    await expect.poll(() => mine.version()).toBeGreaterThan(before);
    expect(mine.peek(KEY)).toBeUndefined();
    expect((await mine.get(KEY))?.observedAt).toBe(stampOf(2));
    expect(mine.peek(KEY)?.observedAt).toBe(stampOf(2));
  });
});

describe.runIf(HAS_REDIS)('a value that replicas share', () => {
  const aheadBy = (ms: number): Clock => ({ ...SYSTEM_CLOCK, wallNow: () => Date.now() + ms });
  const listOf = (...rows: readonly string[]) => ({ source: 'RUNPOD_REST', rows: rows.map(dataCenterOf) });
  const CENTERS = LIST_KEYS.dataCenters;

  it('has the age that follows from its wall-clock time, whatever the monotonic clock of the other process shows', async () => {
    await using redis = await startRedis();
    const [mine, theirs] = [await join(redis.url), await join(redis.url)];
    const asked = { askedAt: 5, observedAt: new Date(Date.now() - 30_000).toISOString() };
    await mine.set(CENTERS, { value: listOf('A'), ...asked }, KEEPING);
    const ageMs = async () => performance.now() - ((await theirs.get(CENTERS))?.askedAt ?? Number.NaN);
    await expect.poll(ageMs).toBeGreaterThanOrEqual(30_000 - 1);
    expect(await ageMs()).toBeLessThan(60_000);
  });

  it('is ignored, counted and overwritten by a replica whose clock is ten minutes behind', async () => {
    await using redis = await startRedis();
    const ahead = aheadBy(600_000);
    const [wrong, right] = [await joinAs(redis.url, ahead), await joinAs(redis.url)];
    await wrong.store.set(CENTERS, { value: listOf('A'), ...askedNow(ahead) }, KEEPING);
    const unfit = async () => [await right.store.get(CENTERS), (right.unfitValues()?.answer ?? 0) > 0];
    await expect.poll(unfit).toEqual([undefined, true]);
    await right.store.set(CENTERS, { value: listOf('B'), ...askedNow(SYSTEM_CLOCK) }, KEEPING);
    const third = await join(redis.url);
    expect((await third.get(CENTERS))?.value).toMatchObject(listOf('B'));
  });

  it('is the value that was requested last, even if another value was stored after it', async () => {
    await using redis = await startRedis();
    const [mine, theirs] = [await join(redis.url), await join(redis.url)];
    const now = Date.now();
    const kept = (name: string, agoMs: number) => ({
      value: listOf(name),
      askedAt: performance.now() - agoMs,
      observedAt: new Date(now - agoMs).toISOString(),
    });
    await mine.set(CENTERS, kept('later', 1000), KEEPING);
    await expect.poll(() => theirs.get(CENTERS)).toMatchObject({ value: listOf('later') });
    await theirs.set(CENTERS, kept('earlier', 8000), KEEPING);
    for (const store of [mine, theirs, await join(redis.url)]) {
      expect(await store.get(CENTERS)).toMatchObject({ value: listOf('later') });
    }
  });

  it('stays valid if the clock is set back after the value was stored', async () => {
    await using redis = await startRedis();
    let byMs = 0;
    const clock: Clock = { ...SYSTEM_CLOCK, wallNow: () => Date.now() + byMs };
    const { store } = await joinAs(redis.url, clock);
    await store.set(CENTERS, { value: listOf('before'), ...askedNow(clock) }, KEEPING);
    byMs = -600_000;
    expect(await store.get(CENTERS)).toMatchObject({ value: listOf('before') });
    await store.set(CENTERS, { value: listOf('after'), ...askedNow(clock) }, KEEPING);
    expect(await store.get(CENTERS)).toMatchObject({ value: listOf('after') });
  });
});
