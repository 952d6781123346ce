import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { Change } from '../../src/domain/change.ts';
import { SYSTEM_CLOCK } from '../../src/domain/clock.ts';
import type { Cell, ObservationScope, StockLevel } from '../../src/domain/observation.ts';
import { createRedis } from '../../src/fleet/redis.ts';
import { createRedisChangeTracker } from '../../src/fleet/redis-change-tracker.ts';
import { createRedisFleet } from '../../src/fleet/redis-fleet.ts';
import { createUnfitValues } from '../../src/fleet/unfit-values.ts';
import { createValueShapes } from '../../src/fleet/value-shapes.ts';
import { createLog } from '../../src/observability/log.ts';
import { startProxy } from '../support/proxy.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const dataCenter = {
  id: 'EU-RO-1',
  name: 'EU-RO-1',
  location: null,
  listed: null,
  networkVolume: null,
  globalNetwork: null,
  compliance: null,
  region: 'EUROPE',
  countryCode: 'RO',
} as const;

const scopeOf = (id: string): ObservationScope => ({
  gpuType: {
    id,
    displayName: id,
    manufacturer: 'NVIDIA',
    memoryGb: null,
    maxGpuCount: null,
    secureCloud: null,
    communityCloud: null,
    securePrice: null,
    communityPrice: null,
  },
  gpuCount: 1,
  dataCenters: [dataCenter],
});

let seconds = 0;

/**
 * Returns the cells of an observation with this stock level. Each call returns cells that are one second newer than those of the previous
 * call.
 */
function cellsOf(stock: StockLevel): readonly Cell[] {
  seconds += 1;
  const at = Date.UTC(2026, 0, 1) + seconds * 1000;
  return [
    {
      dataCenterId: dataCenter.id,
      failure: null,
      askedAt: performance.now() - (Date.now() - at),
      observedAt: new Date(at).toISOString(),
      source: 'RUNPOD_GRAPHQL',
      stale: false,
      available: stock !== 'NONE',
      stock,
      onDemandPrice: null,
      spotPrice: null,
      availableGpuCounts: null,
      spotObservedAt: null,
      spotAskedAt: null,
    },
  ];
}

/** The key of the stream of changes in Redis. */
const KEY = 'gpu-gateway:graphql:v2:changes';

const leaving: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(leaving.splice(0).map((leave) => leave()));
});

/** Starts the change tracker of a replica, and collects the changes that it sends. */
async function join(url: string) {
  const log = createLog({ level: 'silent', secrets: [] });
  const fleet = createRedisFleet(new URL(url), loadConfig({ UPSTREAM: 'graphql' }), log);
  leaving.push(fleet.leave);
  await fleet.join();
  const sent: Change[] = [];
  const tracker = fleet.trackChanges(
    Date.now,
    (change) => void sent.push(change),
    (error) => {
      throw error;
    },
  );
  const summary = () => sent.map(({ after }) => `${after.gpuType.id} ${after.stock}`);
  return { fleet, tracker, sent, summary };
}

/**
 * Starts the change tracker of a replica. Each time the tracker reads the stream, it gets the result only when the test calls `release`.
 */
async function joinWithHeldReads(url: string) {
  const log = createLog({ level: 'silent', secrets: [] });
  const redis = createRedis(new URL(url), 'gpu-gateway:graphql:', log);
  leaving.push(async () => redis.close());
  await redis.reach();
  const answers: unknown[] = [];
  const releases: (() => void)[] = [];
  const connect = () => {
    const reader = redis.connect();
    const read = reader.xread.bind(reader) as (...args: unknown[]) => Promise<unknown>;
    const readAndHold = async (...args: unknown[]) => {
      const answer = await read(...args);
      answers.push(answer);
      await new Promise<void>((resolve) => {
        releases.push(resolve);
      });
      return answer;
    };
    return Object.assign(reader, { xread: readAndHold });
  };
  const sent: Change[] = [];
  const tracker = createRedisChangeTracker(
    { ...redis, connect },
    {
      unfit: createUnfitValues(log),
      shapes: createValueShapes(SYSTEM_CLOCK),
      onFault(error) {
        throw error;
      },
    },
    SYSTEM_CLOCK.now,
    (change) => void sent.push(change),
  );
  return { redis, tracker, sent, answers, release: () => releases.shift()?.() };
}

const A = scopeOf('A');
const B = scopeOf('B');

describe.skipIf(!HAS_REDIS)('the change tracker of a replica that missed changes', () => {
  it('first sends the change after the missed one, with an id that no other replica knows, and then the missed change', async () => {
    await using redis = await startRedis();
    await using proxy = await startProxy(Number(new URL(redis.url).port));
    const admin = new Redis(redis.url);
    leaving.push(async () => admin.disconnect());
    const [near, far] = await Promise.all([join(redis.url), join(proxy.url)]);
    // A replica writes its observations to Redis only after it has begun to read the stream. So the test repeats the observations until
    // both replicas have written.
    const keys = async () => {
      near.tracker.observed(scopeOf('near'), cellsOf('HIGH'));
      far.tracker.observed(scopeOf('far'), cellsOf('HIGH'));
      return (await admin.keys('*:seen:*')).length;
    };
    await expect.poll(keys).toBe(2);
    for (const scope of [A, B]) {
      const cells = cellsOf('HIGH');
      for (const { tracker } of [near, far]) tracker.observed(scope, cells);
    }
    near.tracker.observed(A, cellsOf('LOW'));
    await expect.poll(far.summary).toEqual(['A LOW']);
    expect(far.sent[0]?.id).toBe(near.sent[0]?.id);

    proxy.cut();
    await expect.poll(far.fleet.isTogether).toBe(false);
    near.tracker.observed(A, cellsOf('NONE'));
    await expect.poll(near.summary).toEqual(['A LOW', 'A NONE']);
    await admin.flushall();
    near.tracker.observed(B, cellsOf('MEDIUM'));
    await expect.poll(near.summary).toContain('B MEDIUM');

    proxy.mend();
    await expect.poll(far.summary).toEqual(['A LOW', 'B MEDIUM', 'A NONE']);
    expect(await near.tracker.since(far.sent[1]?.id ?? '')).toBeNull();
    near.tracker.observed(A, cellsOf('HIGH'));
    await expect.poll(far.summary).toContain('A HIGH');
    // Both replicas have sent this event with the same id. So the id that one replica has sent is valid at the other one.
    expect(await near.tracker.since(far.sent.at(-1)?.id ?? '')).toEqual([]);
  });
});

describe.skipIf(!HAS_REDIS)(
  'the change tracker of a replica whose read of the stream was answered before a change was written',
  () => {
    it('sends the change with its id in the stream', async () => {
      await using redis = await startRedis();
      const admin = new Redis(redis.url);
      leaving.push(async () => admin.disconnect());
      const replica = await joinWithHeldReads(redis.url);
      await expect.poll(() => admin.client('LIST')).toContain('cmd=xread ');
      replica.tracker.observed(A, cellsOf('HIGH'));
      await expect.poll(() => replica.answers, { timeout: 5000 }).toEqual([null]);
      replica.tracker.observed(A, cellsOf('LOW'));
      const ids = async () => (await admin.xrange(KEY, '-', '+')).map(([id]) => id);
      await expect.poll(ids).toHaveLength(1);
      // Redis answers in order. So when it has answered this ping, it has also answered the earlier write.
      await replica.redis.client.ping();
      await setImmediate();
      replica.release();
      await expect.poll(() => replica.answers).toHaveLength(2);
      replica.release();
      await expect.poll(() => replica.sent.map(({ id }) => id)).toEqual(await ids());
    });
  },
);

describe.skipIf(!HAS_REDIS)(
  'the change tracker of a replica beside a replica that writes entries of the first version',
  () => {
    it('sends changes with their ids in the stream', async () => {
      await using redis = await startRedis();
      const admin = new Redis(redis.url);
      leaving.push(async () => admin.disconnect());
      const replica = await join(redis.url);
      await expect.poll(() => admin.client('LIST')).toContain('cmd=xread ');
      replica.tracker.observed(A, cellsOf('HIGH'));
      for (let turn = 0; turn < 3; turn += 1) {
        await admin.xadd('gpu-gateway:graphql:v1:changes', '*', 'change', '{}');
        await admin.hset('gpu-gateway:graphql:v2:seen:1 A', { version: String(turn), cells: '[]' });
        replica.tracker.observed(A, cellsOf(turn % 2 === 0 ? 'LOW' : 'HIGH'));
        await expect.poll(() => replica.sent.length).toBe(turn + 1);
      }
      const ids = (await admin.xrange(KEY, '-', '+')).map(([id]) => id);
      expect(replica.sent.map(({ id }) => id)).toEqual(ids);
      expect(replica.fleet.unfitValues()).toMatchObject({ seen: 0, change: 0 });
    });
  },
);
