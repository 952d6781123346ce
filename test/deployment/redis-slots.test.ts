import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, type SeenRequest, startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplica, startReplicas } from '../support/fleet.ts';
import { startProxy } from '../support/proxy.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';

const COVERAGE = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  coverage { complete failed } } }`;
const WHOLE = { complete: true, failed: 0 };

/** Starts Redis and a stand-in for RunPod. Returns both, and the settings of replicas that use them. */
async function open(env: Record<string, string> = {}) {
  const [redis, runPod] = await Promise.all([startRedis(), startFakeRunPod()]);
  const admin = new Redis(redis.url);
  return {
    redis,
    runPod,
    admin,
    env: { UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, REDIS_URL: redis.url, ...env },
    /** Returns the number of requests to RunPod for pods of `gpuCount` GPUs. */
    asked: (gpuCount: number) => runPod.seen.filter(({ variables }) => variables?.['gpuCount'] === gpuCount).length,
    async [Symbol.asyncDispose]() {
      killAll();
      admin.disconnect();
      await runPod[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

const after =
  (ms: number): Fault =>
  (response, good) =>
    void setTimeout(() => response.end(good), ms);
const never: Fault = () => {};
const isOf = ({ variables }: SeenRequest, gpuCount: number) => variables?.['gpuCount'] === gpuCount;
const yielded =
  'gpu_gateway_upstream_attempts_total{source="runpod_graphql",operation="LowestPrices",outcome="yielded"}';

const startTwo = (env: Record<string, string>) => Promise.all([startReplica(env), startReplica(env)]);

afterEach(killAll);

describe.skipIf(!HAS_REDIS)('the three slots for requests to RunPod', () => {
  it('limit all replicas together while Redis is emptied repeatedly', async () => {
    await using fleet = await open({ UPSTREAM_TIMEOUT_MS: '100000' });
    const { runPod, admin, asked } = fleet;
    const replicas = await startReplicas(3, fleet.env);
    for (const replica of replicas) await replica.ask(COVERAGE);
    runPod.fail(() => after(100));
    const sizes = [2, 4, 8];
    const answers = Promise.all(replicas.map((replica, index) => replica.ask(COVERAGE, { gpuCount: sizes[index] })));
    const all = () => sizes.reduce((sum, size) => sum + asked(size), 0);
    for (let count = 5; count < 100; count += 10) {
      await expect.poll(all, { interval: 5 }).toBeGreaterThan(count);
      await admin.flushall();
    }
    for (const { gpuAvailability } of await answers) expect(gpuAvailability.coverage).toEqual(WHOLE);
    expect(runPod.mostInFlight()).toBe(3);
  });

  it('limit all replicas while one of them is suspended for longer than its slots last, and when it resumes', async () => {
    await using fleet = await open({ UPSTREAM_TIMEOUT_MS: '1000' });
    const { runPod, asked } = fleet;
    const [first, second] = await startTwo(fleet.env);
    await first.ask(COVERAGE);
    await second.ask(COVERAGE);
    runPod.fail(() => after(400));
    const late = first.ask(COVERAGE, { gpuCount: 2 });
    await expect.poll(() => asked(2)).toBeGreaterThan(5);
    first.signal('SIGSTOP');
    const answer = second.ask(COVERAGE, { gpuCount: 4 });
    await expect.poll(() => asked(4)).toBeGreaterThan(5);
    first.signal('SIGCONT');
    expect((await answer).gpuAvailability.coverage).toEqual(WHOLE);
    expect((await late).gpuAvailability.coverage).toEqual(WHOLE);
    expect(runPod.mostInFlight()).toBe(3);
  });

  it('expire for a suspended replica; when it resumes, it aborts its requests and does not count them as failures of RunPod', async () => {
    await using fleet = await open({ UPSTREAM_TIMEOUT_MS: '1000' });
    const { runPod, asked } = fleet;
    const [first, second] = await startTwo(fleet.env);
    await first.ask(COVERAGE);
    await second.ask(COVERAGE);
    let isHanging = true;
    runPod.fail((request) => (isHanging && isOf(request, 2) ? never : after(20)));
    const late = first.ask(COVERAGE, { gpuCount: 2 });
    await expect.poll(() => asked(2)).toBe(3);
    first.signal('SIGSTOP');
    isHanging = false;
    expect((await second.ask(COVERAGE, { gpuCount: 4 })).gpuAvailability.coverage).toEqual(WHOLE);
    expect(runPod.inFlight()).toBe(3);
    first.signal('SIGCONT');
    await expect.poll(runPod.inFlight, { interval: 1 }).toBeLessThan(3);
    expect((await late).gpuAvailability.coverage).toEqual(WHOLE);
    expect(first.logged()).not.toContain('upstream attempt failed');
    expect(await first.metric(yielded)).toBe(3);
  });

  it('limit all replicas again as soon as a replica that was cut off from Redis reaches Redis again', async () => {
    await using fleet = await open({ UPSTREAM_TIMEOUT_MS: '100000' });
    const { runPod, redis } = fleet;
    await using proxy = await startProxy(Number(new URL(redis.url).port));
    const [first, second] = await Promise.all([
      startReplica(fleet.env),
      startReplica({ ...fleet.env, REDIS_URL: proxy.url }),
    ]);
    await first.ask(COVERAGE);
    await second.ask(COVERAGE);
    runPod.fail(() => never);
    // This query and the one below get no answer, because the test ends first and kills the replicas.
    first.ask(COVERAGE, { gpuCount: 2 }).catch(() => {});
    await expect.poll(runPod.inFlight).toBe(3);
    proxy.cut();
    await expect.poll(() => second.metric('gpu_gateway_redis_up')).toBe(0);
    second.ask(COVERAGE, { gpuCount: 4 }).catch(() => {});
    // Without Redis, the second replica is subject only to its own limit of three requests. So it sends three requests in addition to those
    // of the first replica.
    await expect.poll(runPod.inFlight).toBe(6);
    proxy.mend();
    await expect.poll(runPod.inFlight).toBe(3);
    expect(second.logged()).not.toContain('upstream attempt failed');
  });
});
