import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplica, startReplicas, subscribeAtEach } from '../support/fleet.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { inStock, NOTHING } from '../support/stock.ts';
import { overSse } from '../support/subscribers.ts';

const COVERAGE = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  coverage { complete failed } } }`;
const WHOLE = { complete: true, failed: 0 };
const L4 = 'NVIDIA L4';
const PLACE = 'EUR-IS-1';

/** Starts Redis and a stand-in for RunPod. Returns both, and the settings with which replicas use them. */
async function open(env: Record<string, string> = {}) {
  const [redis, runPod] = await Promise.all([startRedis(), startFakeRunPod()]);
  return {
    redis,
    runPod,
    env: { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, REDIS_URL: redis.url, ...env },
    async [Symbol.asyncDispose]() {
      killAll();
      await runPod[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

/** Returns how long a task takes, in milliseconds. */
async function time(task: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await task();
  return performance.now() - before;
}

afterEach(killAll);

describe.skipIf(!HAS_REDIS)('a Redis', () => {
  it('that hangs delays clients only once, and is reported as unavailable until it answers again', async () => {
    await using fleet = await open();
    const replica = await startReplica(fleet.env);
    const ask = async (gpuCount: number) => {
      expect((await replica.ask(COVERAGE, { gpuCount })).gpuAvailability.coverage).toEqual(WHOLE);
    };
    await ask(1);
    const cold = await time(() => ask(2));
    fleet.redis.signal('SIGSTOP');
    expect(await time(() => ask(3))).toBeLessThan(cold + 6000);
    expect(await replica.metric('gpu_gateway_redis_up')).toBe(0);
    await expect.poll(() => replica.logged().match(/Redis is unavailable/g)).toHaveLength(1);
    expect(await time(() => ask(4))).toBeLessThan(cold + 2000);
    fleet.redis.signal('SIGCONT');
    await expect.poll(() => replica.metric('gpu_gateway_redis_up')).toBe(1);
    await expect.poll(() => replica.logged().match(/Redis is available again/g)).toHaveLength(1);
    await ask(5);
    expect(replica.errors()).toBe('');
  });

  it('that is emptied while the gateway requests all cells causes no failed cell', async () => {
    await using fleet = await open();
    const replica = await startReplica(fleet.env);
    await replica.ask(COVERAGE);
    fleet.runPod.fail(() => (response, good) => void setTimeout(() => response.end(good), 100));
    const asked = fleet.runPod.count('LowestPrices');
    const answer = replica.ask(COVERAGE, { gpuCount: 2 });
    await expect.poll(() => fleet.runPod.count('LowestPrices')).toBeGreaterThan(asked + 3);
    await fleet.redis.kill();
    await fleet.redis.start();
    expect((await answer).gpuAvailability.coverage).toEqual(WHOLE);
  });

  it.each([
    ['requires a different password', (url: string) => url.replace('redis://', 'redis://:let-me-in@'), 'WRONGPASS'],
    ['does not exist', () => 'redis://127.0.0.1:1', 'ECONNREFUSED'],
  ])(
    'that %s does not prevent a replica from working on its own, and the log says what is wrong',
    async (_what, urlOf, reason) => {
      await using fleet = await open();
      const admin = new Redis(fleet.redis.url);
      await admin.config('SET', 'requirepass', 'right');
      admin.disconnect();
      const replica = await startReplica({ ...fleet.env, REDIS_URL: urlOf(fleet.redis.url) });
      expect((await replica.ask(COVERAGE)).gpuAvailability.coverage).toEqual(WHOLE);
      await expect.poll(() => replica.logged()).toMatch(new RegExp(`${reason}[^\\n]*Redis is unavailable`));
      expect([replica.errors(), replica.logged().includes('let-me-in')]).toEqual(['', false]);
    },
  );

  it('that has no memory left is logged as refusing commands', async () => {
    await using fleet = await open();
    const admin = new Redis(fleet.redis.url);
    await admin.config('SET', 'maxmemory', '1');
    admin.disconnect();
    const replica = await startReplica(fleet.env);
    expect((await replica.ask(COVERAGE)).gpuAvailability.coverage).toEqual(WHOLE);
    await expect.poll(() => replica.logged()).toMatch(/OOM[^\n]*Redis refuses/);
    expect(replica.errors()).toBe('');
  });

  it('that sends invalid messages does no harm: the messages are ignored, and events continue', async () => {
    await using fleet = await open({ FRESH_SECONDS: '1' });
    const replica = await startReplica(fleet.env);
    const subscriber = overSse(replica.url, { gpuType: L4 });
    await expect.poll(() => replica.metric('gpu_gateway_subscriptions')).toBe(1);
    await replica.ask(COVERAGE);
    const admin = new Redis(fleet.redis.url);
    for (const channel of (await admin.pubsub('CHANNELS', '*')) as string[]) await admin.publish(channel, 'no sense');
    await admin.xadd('gpu-gateway:graphql:v2:changes', '*', 'change', '{');
    for (const line of String(await admin.client('LIST')).split('\n')) {
      const id = /^id=(\d+) .* cmd=xread /.exec(line)?.[1];
      if (id !== undefined) await admin.client('UNBLOCK', id, 'ERROR');
    }
    admin.disconnect();
    fleet.runPod.stock.set(L4, PLACE, NOTHING);
    await expect.poll(() => subscriber.changes.map(({ kind }) => kind)).toEqual(['DISAPPEARED']);
    expect(replica.errors()).toBe('');
    subscriber.leave();
  });

  it('that is available again delivers to each replica the events of the other replicas, but none twice', async () => {
    await using fleet = await open({ FRESH_SECONDS: '2' });
    const replicas = await startReplicas(2, fleet.env);
    const subscribers = await subscribeAtEach(replicas, L4);
    const kinds = () => subscribers.map(({ changes }) => changes.map(({ kind }) => kind));
    await fleet.redis.kill();
    fleet.runPod.stock.set(L4, PLACE, NOTHING);
    // Redis is started again as soon as one replica has observed the change. If the other replica has not observed it yet, it must receive
    // the change from Redis.
    await expect.poll(() => kinds().some((seen) => seen.length === 1)).toBe(true);
    await fleet.redis.start();
    await expect.poll(kinds).toEqual([['DISAPPEARED'], ['DISAPPEARED']]);
    fleet.runPod.stock.set(L4, PLACE, inStock('High'));
    const both = ['DISAPPEARED', 'APPEARED'];
    await expect.poll(kinds).toEqual([both, both]);
    for (const { leave } of subscribers) leave();
  });
});

describe.skipIf(!HAS_REDIS)('a replica that is stopped', () => {
  it('releases its leases and slots, so that no other replica has to wait for them', async () => {
    await using fleet = await open();
    const [first, second] = await startReplicas(2, fleet.env);
    await first?.ask(COVERAGE);
    fleet.runPod.fail(({ variables }) => (variables?.['gpuCount'] === 2 ? () => {} : undefined));
    const leaving = new AbortController();
    const body = JSON.stringify({ query: COVERAGE, variables: { gpuCount: 2 } });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: leaving.signal };
    fetch(first?.url ?? '', init).catch(() => {});
    await expect.poll(() => fleet.runPod.seen.some(({ variables }) => variables?.['gpuCount'] === 2)).toBe(true);
    leaving.abort();
    first?.signal('SIGTERM');
    await first?.exit;
    fleet.runPod.fail();
    const tookMs = await time(async () => {
      const data = await second?.ask(COVERAGE, { gpuCount: 4 });
      expect(data.gpuAvailability.coverage).toEqual(WHOLE);
    });
    expect(tookMs).toBeLessThan(6000);
  });
});
