import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { createGpuAvailability } from '../../src/library/library.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { HAS_REDIS, startRedis } from '../support/redis.ts';

const QUERY = '{ gpuAvailability(gpuType: "NVIDIA L4") { coverage { failures { code } } } }';
const ADDRESS = `http://host.example/graphql?query=${encodeURIComponent(QUERY)}`;

describe.skipIf(!HAS_REDIS)('embedded gateways with Redis', () => {
  it('share answers, and close their connections when they are disposed', async () => {
    await using redis = await startRedis();
    await using runPod = await startFakeRunPod();
    const create = () =>
      createGpuAvailability({ upstream: 'graphql', runpodGraphqlUrl: runPod.url, redisUrl: redis.url });
    const instances = [create(), create()];
    for (const { fetch } of instances) {
      const response = await fetch(new Request(ADDRESS));
      expect(await response.json()).toEqual({ data: { gpuAvailability: { coverage: { failures: [] } } } });
    }
    // Together, the two gateways have sent three requests: one for each of the two lists, and one for the GPU type.
    expect(runPod.seen).toHaveLength(3);
    await Promise.all(instances.map(({ dispose }) => dispose()));
    const observer = new Redis(redis.url);
    const connections = await observer.client('LIST');
    observer.disconnect();
    expect(String(connections).trim().split('\n')).toHaveLength(1);
  });
});
