import { describe, expect, it } from 'vitest';
import { answerWith, type Faults, type SeenRequest, startFakeRunPod } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connect } from './support/gateway.ts';

const MATRIX = '{ gpuAvailability { coverage { failures { code gpuType { id } } } } upstream { health } }';

const typeOf = ({ variables }: SeenRequest) => String(variables?.['gpuTypeId']);

/** Returns the GPU type ids in all price requests to RunPod, in the order of the requests and including repetitions. */
const asked = (seen: readonly SeenRequest[]) =>
  seen.filter(({ operationName }) => operationName === 'LowestPrices').map(typeOf);

/**
 * Creates faults that make all requests about the first `count` requested GPU types hang. `hanging` contains the ids of these GPU types.
 */
function hangingFirst(count: number, fault: keyof typeof FAULTS) {
  const hanging = new Set<string>();
  const faults: Faults = (request) => {
    if (request.operationName !== 'LowestPrices') return undefined;
    if (hanging.size < count) hanging.add(typeOf(request));
    return hanging.has(typeOf(request)) ? FAULTS[fault][0] : undefined;
  };
  return { hanging, faults };
}

describe('hanging GPU types', () => {
  it.each(['silence', 'a body that stalls'] as const)(
    'with %s make way for all other GPU types, even if they occupy every slot, and fail only when they time out',
    async (fault) => {
      const { hanging, faults } = hangingFirst(3, fault);
      await using runPod = await startFakeRunPod(faults);
      const gateway = connect(runPod.url, { UPSTREAM_TIMEOUT_MS: '6000', UPSTREAM_RETRIES: '0' });
      const answer = gateway.ask(MATRIX);
      // The gateway has now requested each of the 41 GPU types once, and each hanging one a second time. No request has timed out yet.
      await expect.poll(() => asked(runPod.seen).length).toBe(41 + 3);
      expect(new Set(asked(runPod.seen).slice(-3))).toEqual(hanging);
      expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
      expect((await gateway.ask('{ upstream { health } }')).data.upstream.health).toBe('UP');
      const { body } = await gateway.get('/metrics');
      expect(body).toContain('operation="LowestPrices",outcome="yielded"} 3');
      expect(body).toContain('operation="LowestPrices",outcome="complete"} 38');

      const { gpuAvailability, upstream } = (await answer).data;
      const { failures } = gpuAvailability.coverage;
      expect(failures.map(({ code }: { code: string }) => code)).toEqual(['TIMEOUT', 'TIMEOUT', 'TIMEOUT']);
      expect(upstream.health).toBe('DEGRADED');
      expect(asked(runPod.seen)).toHaveLength(41 + 3);
      expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
    },
  );

  it('are requested only once if RunPod is equally slow for all GPU types', async () => {
    await using runPod = await startFakeRunPod(() => (response, good) => {
      setTimeout(() => answerWith(200, good)(response, good), 700);
    });
    const gateway = connect(runPod.url);
    const some = '{ gpuAvailability(filter: { manufacturer: AMD }) { coverage { complete } } }';
    const more = '{ gpuAvailability(filter: { minMemoryGb: 140 }) { coverage { complete } } }';
    for (const { data } of await Promise.all([gateway.ask(some), gateway.ask(more)])) {
      expect(data.gpuAvailability.coverage.complete).toBe(true);
    }
    const types = asked(runPod.seen);
    expect(types.length).toBeGreaterThan(3);
    expect(new Set(types).size).toBe(types.length);
  });
});
