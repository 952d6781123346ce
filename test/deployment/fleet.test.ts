import { afterEach, describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from '../support/fake-runpod.ts';
import { startReplicas, subscribeAtEach } from '../support/fleet.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';
import { killAll } from '../support/start.ts';
import { inStock, NOTHING } from '../support/stock.ts';
import { overSse, type Subscriber } from '../support/subscribers.ts';

const MATRIX = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id } stock observedAt stale } coverage { complete expected failed } } }`;
const COVERAGE = '{ gpuAvailability { totalCount coverage { complete expected failed } } }';
const L4 = '{ gpuAvailability(gpuType: "NVIDIA L4") { totalCount coverage { complete } freshness { stale } } }';
/** The maximum number of rounds of `fillTogether`. */
const ROUNDS = 4;
const WHOLE = { complete: true, expected: 1599, failed: 0 };

/** Starts Redis, a stand-in for RunPod, and replicas that use both. */
async function open(count: number, env: Record<string, string> = {}) {
  const [redis, runPod] = await Promise.all([startRedis(), startFakeRunPod()]);
  const replicas = await startReplicas(count, {
    UPSTREAM: 'graphql',
    RUNPOD_GRAPHQL_URL: runPod.url,
    REDIS_URL: redis.url,
    ...env,
  });
  const nth = (index: number) => {
    const replica = replicas[index % replicas.length];
    if (replica === undefined) throw new Error('there is no replica');
    return replica;
  };
  return {
    redis,
    runPod,
    replicas,
    nth,
    async [Symbol.asyncDispose]() {
      killAll();
      await runPod[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Sends `clients` queries at the same time, distributed over the replicas in turn. Resolves to all answers. */
const askInTurn = ({ nth }: Opened, clients: number, query = MATRIX, variables = {}) =>
  Promise.all(Array.from({ length: clients }, (_, index) => nth(index).ask(query, variables)));

/** Returns the number of requests to RunPod for pods of two GPUs. */
const countOfTwo = ({ seen }: Opened['runPod']): number =>
  seen.filter(({ variables }) => variables?.['gpuCount'] === 2).length;

const idsOf = ({ changes }: Subscriber): readonly string[] => changes.map(({ id }) => id);

/**
 * Lets three replicas fill an empty cache together. Returns false if Redis did not answer a replica in time. Otherwise expects that the
 * replicas have shared their requests and their answers.
 */
async function fillTogether(): Promise<boolean> {
  // The gateway may cut off a slow request so that a waiting request can start. With this long time-out, no request is slow enough for
  // that, even on a busy machine.
  await using fleet = await open(3, { UPSTREAM_TIMEOUT_MS: '100000' });
  const { runPod, replicas } = fleet;
  const covered = await askInTurn(fleet, 300, COVERAGE);
  const asked = runPod.seen.length;
  const answers = await askInTurn(fleet, 3);
  if (replicas.some((replica) => replica.logged().includes('Redis is unavailable'))) return false;
  for (const { gpuAvailability } of covered) expect(gpuAvailability.coverage).toEqual(WHOLE);
  expect(runPod.count('LowestPrices')).toBe(41);
  expect(asked).toBeLessThanOrEqual(44);
  expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
  for (const replica of replicas) expect(replica.logged()).not.toContain('"level":40');
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(runPod.seen).toHaveLength(asked);
  return true;
}

afterEach(killAll);

describe.skipIf(!HAS_REDIS)('replicas that share Redis', () => {
  it('share the requests that fill an empty cache, send three at a time, and then all answer', {
    timeout: ROUNDS * 60_000,
  }, async () => {
    // On a busy machine, Redis may not answer a replica in time. This replica then sends requests of its own, so the round is repeated.
    for (let round = 0; round < ROUNDS; round += 1) {
      if (await fillTogether()) return;
    }
    throw new Error(`In each of ${ROUNDS} rounds, Redis did not answer a replica in time`);
  });

  it('still serve the known answers after all replicas were restarted while RunPod is down', async () => {
    await using fleet = await open(2, { FRESH_SECONDS: '1' });
    const { runPod, replicas } = fleet;
    await askInTurn(fleet, 2);
    runPod.fail(() => answerWith(503, ''));
    for (const replica of replicas) await replica.kill();
    await Promise.all(replicas.map((replica) => replica.restart()));
    for (const { gpuAvailability } of await askInTurn(fleet, 4)) {
      expect(gpuAvailability.coverage).toEqual(WHOLE);
      expect(gpuAvailability.nodes).toHaveLength(1599);
    }
  });

  it('answer every client while Redis is unavailable, log the outage, and share again when Redis is back', async () => {
    await using fleet = await open(3, { FRESH_SECONDS: '10' });
    const { redis, runPod, replicas } = fleet;
    await askInTurn(fleet, 3);
    const asking = { stop: false };
    let answered = 0;
    const load = Promise.all(
      replicas.map(async (replica) => {
        while (!asking.stop) {
          const { gpuAvailability } = await replica.ask(L4);
          expect(gpuAvailability.coverage.complete).toBe(true);
          answered += 1;
        }
      }),
    );
    await redis.kill();
    for (const replica of replicas) {
      await expect.poll(() => replica.metric('gpu_gateway_redis_up')).toBe(0);
      await expect.poll(() => replica.logged().match(/"level":40[^\n]*Redis is unavailable/g)).toHaveLength(1);
    }
    // Without Redis, a replica cannot get cells from other replicas. So each replica must request them from RunPod.
    for (const { gpuAvailability } of await askInTurn(fleet, 3, MATRIX, { gpuCount: 4 })) {
      expect(gpuAvailability.coverage).toEqual(WHOLE);
    }
    const before = answered;
    await redis.start();
    for (const replica of replicas) {
      await expect.poll(() => replica.metric('gpu_gateway_redis_up')).toBe(1);
    }
    await expect.poll(() => answered).toBeGreaterThan(before);
    asking.stop = true;
    await load;
    const asked = runPod.count('LowestPrices');
    for (const { gpuAvailability } of await askInTurn(fleet, 30, MATRIX, { gpuCount: 8 })) {
      expect(gpuAvailability.coverage).toEqual(WHOLE);
    }
    const ofEight = runPod.seen.slice(asked).filter(({ variables }) => variables?.['gpuCount'] === 8);
    expect(new Set(ofEight.map(({ variables }) => variables?.['gpuTypeId'])).size).toBe(ofEight.length);
    for (const replica of replicas) expect(replica.errors()).toBe('');
  });

  it('take over the loads and the slots of a killed replica', async () => {
    await using fleet = await open(2, { FRESH_SECONDS: '4', UPSTREAM_TIMEOUT_MS: '2000' });
    const { runPod, nth } = fleet;
    await askInTurn(fleet, 2);
    // The first replica requests pods of two GPUs. It is killed while its requests occupy all slots and wait for RunPod.
    runPod.fail(({ variables }) => (variables?.['gpuCount'] === 2 ? () => {} : undefined));
    const lost = nth(0).ask(MATRIX, { gpuCount: 2 });
    lost.catch(() => {});
    await expect.poll(() => countOfTwo(runPod)).toBe(3);
    const waiting = nth(1).ask(MATRIX, { gpuCount: 2 });
    await nth(0).kill();
    runPod.fail();
    expect((await waiting).gpuAvailability.coverage).toEqual(WHOLE);
    await expect(lost).rejects.toThrow();
  });

  it('lose no slot to a suspended replica, and that replica answers when it resumes', async () => {
    await using fleet = await open(2, { FRESH_SECONDS: '4', UPSTREAM_TIMEOUT_MS: '2000' });
    const { runPod, nth } = fleet;
    await Promise.all([nth(0).ask(MATRIX), nth(1).ask(MATRIX)]);
    runPod.fail(({ variables }) => (variables?.['gpuCount'] === 2 ? () => {} : undefined));
    const late = nth(0).ask(MATRIX, { gpuCount: 2 });
    await expect.poll(() => countOfTwo(runPod)).toBe(3);
    nth(0).signal('SIGSTOP');
    runPod.fail();
    expect((await nth(1).ask(MATRIX, { gpuCount: 2 })).gpuAvailability.coverage).toEqual(WHOLE);
    nth(0).signal('SIGCONT');
    expect((await late).gpuAvailability.coverage).toEqual(WHOLE);
  });

  it('send each change once to every subscriber of any replica, even if another replica is killed', async () => {
    await using fleet = await open(3, { FRESH_SECONDS: '2' });
    const { runPod, replicas, nth } = fleet;
    const subscribers = await subscribeAtEach(replicas, 'NVIDIA L4');
    const told = (subscriber: Subscriber | undefined) => subscriber?.changes.length ?? 0;
    const change = async (count: number, alive: readonly (Subscriber | undefined)[]) => {
      runPod.stock.set('NVIDIA L4', 'EUR-IS-1', count % 2 === 1 ? NOTHING : inStock('High'));
      for (const subscriber of alive) await expect.poll(() => told(subscriber)).toBe(count);
    };
    await change(1, subscribers);
    await change(2, subscribers);
    expect(idsOf(subscribers[1] as Subscriber)).toEqual(idsOf(subscribers[0] as Subscriber));
    expect(idsOf(subscribers[2] as Subscriber)).toEqual(idsOf(subscribers[0] as Subscriber));
    await nth(0).kill();
    const alive = subscribers.slice(1);
    await change(3, alive);
    // A subscriber of the killed replica subscribes again at another replica, with the id of the last event that it received.
    const lastEventId = subscribers[0]?.changes.at(-1)?.id;
    const resumed = overSse(nth(1).url, { gpuType: 'NVIDIA L4', lastEventId });
    await expect.poll(() => told(resumed)).toBe(1);
    expect(idsOf(resumed)).toEqual(idsOf(alive[0] as Subscriber).slice(2));
    await change(4, alive);
    await expect.poll(() => told(resumed)).toBe(2);
    for (const { leave } of [...alive, resumed]) leave();
  });

  it('send their own subscribers the changes that they observe while Redis is unavailable', async () => {
    await using fleet = await open(2, { FRESH_SECONDS: '1' });
    const { runPod, redis, replicas } = fleet;
    const subscribers = await subscribeAtEach(replicas, 'NVIDIA L4');
    await redis.kill();
    for (const replica of replicas) await expect.poll(() => replica.metric('gpu_gateway_redis_up')).toBe(0);
    // Without Redis, each replica must observe the initial state itself before it can notice a change. So the test waits for further
    // requests.
    const asked = runPod.count('LowestPrices');
    await expect.poll(() => runPod.count('LowestPrices')).toBeGreaterThan(asked + 4);
    runPod.stock.set('NVIDIA L4', 'EUR-IS-1', NOTHING);
    for (const { changes } of subscribers) {
      await expect.poll(() => changes.map(({ kind }) => kind)).toEqual(['DISAPPEARED']);
    }
    await redis.start();
    for (const replica of replicas) {
      await expect.poll(() => replica.metric('gpu_gateway_redis_up')).toBe(1);
    }
    runPod.stock.set('NVIDIA L4', 'EUR-IS-1', inStock('High'));
    for (const { changes, leave } of subscribers) {
      await expect.poll(() => changes.map(({ kind }) => kind)).toEqual(['DISAPPEARED', 'APPEARED']);
      leave();
    }
    for (const replica of replicas) expect(replica.errors()).toBe('');
  });

  it('count the requests of a client to all replicas together, and all pause requests to RunPod at the same time', async () => {
    await using fleet = await open(2, { RATE_LIMIT_PER_MINUTE: '10', TRUST_PROXY: 'loopback', UPSTREAM_RETRIES: '0' });
    const { runPod, nth } = fleet;
    await nth(0).ask('{ gpuTypes { id } dataCenters { id } }');
    await nth(0).ask(MATRIX);
    runPod.fail(({ variables }) =>
      variables?.['gpuCount'] === 2 ? answerWith(429, '', { 'retry-after': '2' }) : undefined,
    );
    await nth(0).ask('{ gpuAvailability(gpuType: "NVIDIA L4", gpuCount: 2) { coverage { failed } } }');
    const pause = 'gpu_gateway_upstream_pause_seconds{source="runpod_graphql"}';
    await expect.poll(() => nth(1).metric(pause)).toBeGreaterThan(0);
    const statuses = new Set<number>();
    for (let count = 0; count < 12; count += 1) {
      const response = await fetch(`${nth(count).url}?query={upstream{source}}`, {
        headers: { 'x-forwarded-for': '192.0.2.7' },
      });
      statuses.add(response.status);
    }
    expect(statuses).toEqual(new Set([200, 429]));
  });
});
