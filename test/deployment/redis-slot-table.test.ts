import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { createRedis } from '../../src/fleet/redis.ts';
import { createRedisSlots } from '../../src/fleet/redis-slots.ts';
import { createSlotTable } from '../../src/fleet/slot-table.ts';
import { createLog } from '../../src/observability/log.ts';
import { startProxy } from '../support/proxy.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const SLOTS = 'test:v1:slots';
const PERIOD = 'test:v1:slots:period';
const CHANNEL = 'slots';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Creates a Redis client for a replica. It connects when it is first used. */
function createAccess(url: string) {
  const redis = createRedis(new URL(url), 'test:', createLog({ level: 'silent', secrets: [] }));
  closing.push(() => redis.close());
  return redis;
}

/** Opens the connection of a replica to Redis (`redis`), and a connection of the test itself (`admin`). */
async function connect(url: string) {
  const redis = createAccess(url);
  const admin = new Redis(url);
  closing.push(() => admin.disconnect());
  await redis.reach();
  return { redis, admin };
}

describe.skipIf(!HAS_REDIS)('a slot for a request to RunPod', () => {
  it('is released if Redis grants it only after the replica has continued without it', async () => {
    await using server = await startRedis();
    const { redis, admin } = await connect(server.url);
    const { inSlot } = createRedisSlots(redis, { slots: 1, timeoutMs: 100_000, channel: CHANNEL });
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

  it('is released if its request ends while Redis does not answer', async () => {
    await using server = await startRedis();
    const { redis, admin } = await connect(server.url);
    const { inSlot } = createRedisSlots(redis, { slots: 1, timeoutMs: 100_000, channel: CHANNEL });
    let end: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    let isRunning = false;
    const request = inSlot(() => {
      isRunning = true;
      return ended;
    });
    await expect.poll(() => isRunning).toBe(true);
    server.signal('SIGSTOP');
    // This second request for a slot makes the replica notice that Redis does not answer.
    await inSlot(async () => {});
    end?.();
    await request;
    server.signal('SIGCONT');
    await expect.poll(() => admin.zcard(SLOTS)).toBe(0);
  });

  it('is granted, after Redis was emptied, as soon as all subscribed replicas can send commands', async () => {
    await using server = await startRedis();
    await using proxy = await startProxy(Number(new URL(server.url).port));
    proxy.hold();
    const { redis, admin } = await connect(server.url);
    const options = { slots: 1, timeoutMs: 100_000, channel: CHANNEL };
    const { inSlot } = createRedisSlots(redis, options);
    await inSlot(async () => {});
    // Starts a second replica. Its subscription bypasses the proxy, but the proxy holds back its commands.
    createRedisSlots({ ...createAccess(proxy.url), connect: createAccess(server.url).connect }, options);
    await expect.poll(() => admin.pubsub('NUMSUB', CHANNEL)).toEqual([CHANNEL, 2]);
    await admin.flushall();
    let isGranted = false;
    void inSlot(async () => {
      isGranted = true;
    });
    // Redis counts two replicas, because both are subscribed. But only the first one has registered its requests.
    await expect.poll(() => admin.hlen(PERIOD)).toBe(4);
    expect(await admin.hget(PERIOD, 'replicas')).toBe('2');
    expect(isGranted).toBe(false);
    proxy.mend();
    await expect.poll(() => isGranted).toBe(true);
  });

  it('is requested by the hash of a script whose text is sent only once', async () => {
    await using server = await startRedis();
    const { redis, admin } = await connect(server.url);
    const { inSlot } = createRedisSlots(redis, { slots: 1, timeoutMs: 100_000, channel: CHANNEL });
    for (let request = 0; request < 10; request += 1) await inSlot(async () => {});
    const stats = await admin.info('commandstats');
    // EVAL sends the text of a script to Redis, which is necessary only once for each script. There are two scripts: one takes slots, and
    // the other registers requests.
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
    const table = createSlotTable(redis.client, { slots: 1, leaseMs: 100_000, channel: CHANNEL, createId });
    await expect.poll(() => table.take('request')).toMatchObject({ isTaken: true });
    expect(await table.take('request')).toMatchObject({ isTaken: true });
    expect(await table.take('another')).toMatchObject({ isTaken: false });
  });
});
