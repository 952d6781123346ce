import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { SYSTEM_CLOCK } from '../../src/domain/clock.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { createRedisFleet } from '../../src/fleet/redis-fleet.ts';
import { createLog } from '../../src/observability/log.ts';
import { dataCenterOf, gpuTypeOf } from '../support/list-rows.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const STREAM = 'gpu-gateway:graphql:v2:changes';
const CHANGES = 250;

const leaving: Pick<Fleet, 'leave'>[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(leaving.splice(0).map((one) => one.leave()));
});

describe.runIf(HAS_REDIS)('the stream of changes', () => {
  it('keeps recent changes even if the clock of a replica is an hour ahead', async () => {
    await using redis = await startRedis();
    const log = createLog({ level: 'silent', secrets: [] });
    const fleet = createRedisFleet(new URL(redis.url), loadConfig({ UPSTREAM: 'graphql' }), log);
    const admin = new Redis(redis.url);
    admin.on('error', () => {});
    leaving.push(fleet, { leave: async () => admin.disconnect() });
    const realNow = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000);
    await fleet.join();
    const faults: unknown[] = [];
    let told = 0;
    const tracker = fleet.trackChanges(
      SYSTEM_CLOCK.now,
      () => {
        told += 1;
      },
      (error) => faults.push(error),
    );
    const scope = { gpuType: gpuTypeOf({}), gpuCount: 1, dataCenters: [dataCenterOf('A')] };
    const observe = (index: number) => {
      const agoMs = (CHANGES - index) * 20;
      const observedAt = new Date(Date.now() - agoMs).toISOString();
      const available = index % 2 === 0;
      tracker.observed(scope, [
        {
          dataCenterId: 'A',
          failure: null,
          askedAt: performance.now() - agoMs,
          observedAt,
          source: 'RUNPOD_GRAPHQL',
          stale: false,
          available,
          stock: available ? 'LOW' : 'NONE',
          onDemandPrice: null,
          spotPrice: null,
          availableGpuCounts: null,
          spotObservedAt: null,
          spotAskedAt: null,
        },
      ]);
    };
    // A replica that does not read the stream yet sends only the changes that it observes itself. So the test waits until the replica reads
    // the stream.
    await expect.poll(() => admin.client('LIST')).toContain('cmd=xread ');
    for (let index = 0; index <= CHANGES; index += 1) observe(index);
    await expect.poll(() => told, { timeout: 20_000 }).toBe(CHANGES);
    expect(await admin.xlen(STREAM)).toBeGreaterThanOrEqual(CHANGES - 1);
    expect(faults).toEqual([]);
  });
});
