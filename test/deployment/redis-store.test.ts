import { afterEach, describe, expect, it } from 'vitest';
import { LIST_KEYS } from '../../src/cache/keys.ts';
import type { Store } from '../../src/cache/store.ts';
import { loadConfig } from '../../src/config.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { createRedisFleet } from '../../src/fleet/redis-fleet.ts';
import { createLog } from '../../src/log.ts';
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

async function join(url: string): Promise<Store> {
  const config = loadConfig({ UPSTREAM: 'graphql' });
  const fleet = createRedisFleet(new URL(url), config, createLog({ level: 'silent', secrets: [] }));
  fleets.push(fleet);
  await fleet.join();
  return fleet.store;
}

describe.runIf(HAS_REDIS)('what a replica has at hand', () => {
  it('is not given once another one may have kept a later one, until that was looked for', async () => {
    await using redis = await startRedis();
    const [mine, theirs] = [await join(redis.url), await join(redis.url)];
    const kept = (number: number) => ({
      value: { source: 'RECORDED', rows: [] },
      askedAt: ASKED_AT + number,
      observedAt: stampOf(number),
    });
    await mine.set(KEY, kept(1), KEEPING);
    // The bus is joined at first use.
    await expect.poll(async () => (await theirs.get(KEY))?.observedAt).toBe(stampOf(1));
    expect([mine.peek(KEY)?.observedAt, theirs.peek(KEY)?.observedAt]).toEqual([stampOf(1), stampOf(1)]);
    const before = mine.version();
    await theirs.set(KEY, kept(2), KEEPING);
    await expect.poll(() => mine.version()).toBeGreaterThan(before);
    expect(mine.peek(KEY)).toBeUndefined();
    expect((await mine.get(KEY))?.observedAt).toBe(stampOf(2));
    expect(mine.peek(KEY)?.observedAt).toBe(stampOf(2));
  });
});
