import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { createRedis } from '../../src/fleet/redis.ts';
import { createRedisSlots } from '../../src/fleet/redis-slots.ts';
import { createSlotTable } from '../../src/fleet/slot-table.ts';
import { createLog } from '../../src/observability/log.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const SLOTS = 'test:v1:slots';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Opens the connection of a replica to Redis (`redis`), and a connection of the test itself (`admin`). */
async function connect(url: string) {
  const redis = createRedis(new URL(url), 'test:', createLog({ level: 'silent', secrets: [] }));
  const admin = new Redis(url);
  closing.push(
    () => redis.close(),
    () => admin.disconnect(),
  );
  await redis.reach();
  return { redis, admin };
}

describe.skipIf(!HAS_REDIS)('a slot for a request to RunPod', () => {
  it('is released if Redis grants it only after the replica has continued without it', async () => {
    await using server = await startRedis();
    const { redis, admin } = await connect(server.url);
    const { inSlot } = createRedisSlots(redis, { slots: 1, timeoutMs: 100_000, channel: 'slots' });
    await inSlot(async () => {});
    await expect.poll(() => admin.zcard(SLOTS)).toBe(0);
    server.signal('SIGSTOP');
    await inSlot(async () => {});
    let isBack = false;
    redis.onBack(() => {
      isBack = true;
    });
    server.signal('SIGCONT');
    await expect.poll(() => isBack).toBe(true);
    await expect.poll(() => admin.zcard(SLOTS)).toBe(0);
  });

  it('is requested by the hash of a script whose text is sent only once', async () => {
    await using server = await startRedis();
    const { redis, admin } = await connect(server.url);
    const { inSlot } = createRedisSlots(redis, { slots: 1, timeoutMs: 100_000, channel: 'slots' });
    for (let request = 0; request < 10; request += 1) await inSlot(async () => {});
    const stats = await admin.info('commandstats');
    // Redis gets the text of a script by EVAL. There are two scripts, so it gets at most two texts: one script takes slots, and the other
    // registers requests.
    expect(Number(/cmdstat_eval:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(2);
  });

  it('is granted again if the same request tries to take the last slot twice', async () => {
    await using server = await startRedis();
    const { redis } = await connect(server.url);
    let ids = 0;
    const createId = () => {
      ids += 1;
      return `id ${ids}`;
    };
    const table = createSlotTable(redis.client, { slots: 1, leaseMs: 100_000, channel: 'slots', createId });
    await expect.poll(() => table.take('request')).toMatchObject({ isTaken: true });
    expect(await table.take('request')).toMatchObject({ isTaken: true });
    expect(await table.take('another')).toMatchObject({ isTaken: false });
  });
});
