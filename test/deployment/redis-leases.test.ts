import { afterEach, describe, expect, it } from 'vitest';
import type { LeaseEnding } from '../../src/cache/leases.ts';
import { createRedis } from '../../src/fleet/redis.ts';
import { createRedisLeases } from '../../src/fleet/redis-leases.ts';
import { createUnfitValues } from '../../src/fleet/unfit-values.ts';
import { createLog } from '../../src/observability/log.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function createLeases(url: string) {
  const log = createLog({ level: 'silent', secrets: [] });
  const redis = createRedis(new URL(url), 'test:', log);
  closing.push(() => redis.close());
  await redis.reach();
  return createRedisLeases(redis, 60_000, createUnfitValues(log));
}

describe.skipIf(!HAS_REDIS)('replicas that wait for the lease of a load', () => {
  it.each<[LeaseEnding, readonly string[]]>([
    ['loaded', ['done', 'done']],
    ['failed', ['lease', 'lease']],
    ['undecided', ['lease', 'held']],
  ])('learn how the load has ended: if its outcome is %s, they get %j', async (ending, expected) => {
    await using redis = await startRedis();
    const holder = await createLeases(redis.url);
    const waiting = [await createLeases(redis.url), await createLeases(redis.url)];
    const lease = await holder.take('load', false);
    if (typeof lease === 'string') throw new Error(lease);
    for (const leases of waiting) expect(await leases.take('load', false)).toBe('held');
    await lease.release(ending);
    const got: string[] = [];
    for (const leases of waiting) {
      const answer = await leases.take('load', true);
      got.push(typeof answer === 'string' ? answer : 'lease');
    }
    expect(got).toEqual(expected);
  });
});
