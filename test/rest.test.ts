import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { VERSION } from '../src/version.ts';
import { changed } from './support/changed-answer.ts';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connectToRest, MATRIX } from './support/rest-gateway.ts';
import { tracesOf } from './support/secret-traces.ts';

describe('a gateway with the REST API', () => {
  it('sends two requests for the first query, one for each further pod size, and the key only in a header', async () => {
    await using rest = await startFakeRest();
    const gateway = connectToRest(rest);
    expect((await gateway.ask(MATRIX)).data.gpuAvailability.coverage).toMatchObject({ complete: true, expected: 1599 });
    expect(rest.seen.map(({ path }) => path).toSorted()).toEqual(['/v2/catalog/datacenters', '/v2/catalog/gpus']);
    const both =
      '{ a: gpuAvailability(gpuCount: 2) { totalCount } b: gpuTypes { availability(gpuCount: 2) { totalCount } } }';
    await Promise.all([gateway.ask(both), gateway.ask(both)]);
    expect(rest.seen).toHaveLength(3);
    const parameters = { include: 'AVAILABILITY', product: 'POD', cloud: 'SECURE' };
    expect(rest.seen.map((request) => request.parameters)).toEqual(
      expect.arrayContaining([{}, { ...parameters, count: '1' }, { ...parameters, count: '2' }]),
    );
    for (const { headers } of rest.seen) {
      expect(headers.authorization).toBe(`Bearer ${KEY}`);
      expect(headers['user-agent']).toBe(`gpu-availability-gateway/${VERSION}`);
    }
  });

  it('answers sixteen pod sizes in one operation with sixteen requests for stock', async () => {
    await using rest = await startFakeRest();
    const fields = Array.from({ length: 16 }, (_, i) => `a${i}: gpuAvailability(gpuCount: ${i + 1}) { totalCount }`);
    const gateway = connectToRest(rest, { MAX_UPSTREAM_PER_OPERATION: '18', UPSTREAM_TIMEOUT_MS: '100000' });
    expect((await gateway.ask(`{ ${fields.join(' ')} }`)).errors).toBeUndefined();
    expect(rest.count('gpus')).toBe(16);
  });

  it('reports that RunPod has refused the key', async () => {
    await using rest = await startFakeRest();
    const { errors } = await connectToRest(rest, { RUNPOD_API_KEY: 'wrong' }).ask(MATRIX);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAUTHORIZED' } }]);
  });

  it('never shows the key when RunPod echoes it', async () => {
    await using rest = await startFakeRest();
    const echo = `Bearer ${KEY} at /v2?token=hidden123`;
    const faults = [200, 400, 401, 404, 500].map((status) =>
      answerWith(status, JSON.stringify({ title: echo, gpus: echo })),
    );
    const gateway = connectToRest({ ...rest, url: `${rest.url}?token=hidden123` });
    const said: unknown[] = [];
    for (const fault of faults) {
      rest.fail(() => fault);
      said.push(await gateway.ask(MATRIX));
      gateway.passSeconds(6);
    }
    expect(gateway.logged.join('')).toContain('upstream attempt failed');
    expect(tracesOf([KEY, 'hidden123'], [JSON.stringify(said), ...gateway.logged].join('\n'))).toEqual([]);
    expect(rest.seen[0]?.parameters).toMatchObject({ token: 'hidden123' });
  });

  it('observes a subscribed pod size with one request for all GPU types', async () => {
    await using rest = await startFakeRest();
    const gateway = connectToRest(rest, { FRESH_SECONDS: '1' });
    void gateway.keepFresh();
    const query = encodeURIComponent(
      'subscription { gpuAvailabilityChanged { kind after { gpuType { id } dataCenter { id } } } }',
    );
    const response = await gateway.handler.fetch(`http://gateway.invalid/graphql?query=${query}`, {
      headers: { accept: 'text/event-stream' },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await expect.poll(() => rest.count('gpus')).toBeGreaterThan(1);
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            for (const row of gpus)
              if (row.id === 'NVIDIA L4') row.dataCenters = [{ id: 'EU-RO-1', availability: 'HIGH' }];
          })
        : undefined,
    );
    let text = '';
    while (!text.includes('"kind":"APPEARED","after":{"gpuType":{"id":"NVIDIA L4"},"dataCenter":{"id":"EU-RO-1"}')) {
      text += (await reader?.read())?.value ?? '';
    }
    expect(rest.count('gpus')).toBeLessThan(10);
    await reader?.cancel();
    gateway.stop();
  });

  it('requires an API key', () => {
    expect(() => loadConfig({ UPSTREAM: 'rest' })).toThrow(
      /^RUNPOD_API_KEY is not set; it must be set for UPSTREAM=rest/,
    );
  });

  // These are the faults that a REST response can have. The other faults concern GraphQL responses, and other tests cover them.
  const faults = Object.entries(FAULTS).filter(
    ([name]) => !/GPU type|errors|data|cell|429 for an hour|list/.test(name),
  );

  it.each(faults)(
    'reports every cell of a new pod size as failed after %s, and still serves known answers',
    async (_name, [fault, code]) => {
      await using rest = await startFakeRest();
      // Only a fault that causes a time-out gets a short time-out. On a busy machine, good answers may take longer than a second.
      const gateway = connectToRest(rest, code === 'TIMEOUT' ? { UPSTREAM_TIMEOUT_MS: '1000' } : {});
      await gateway.ask(MATRIX);
      rest.fail(() => fault);
      const { coverage, nodes } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
      expect(coverage).toMatchObject({ failed: 1599 });
      expect(new Set(coverage.failures.map((failure: { code: string }) => failure.code))).toEqual(new Set([code]));
      expect(nodes).toHaveLength(1599);
      gateway.passSeconds(61);
      expect((await gateway.ask(MATRIX)).data.gpuAvailability).toMatchObject({
        coverage: { complete: true },
        nodes: expect.arrayContaining([expect.objectContaining({ stale: true })]),
      });
      rest.fail();
      gateway.passSeconds(6);
      const isComplete = async () => {
        const { data } = await gateway.ask(MATRIX, { gpuCount: 2 });
        return data.gpuAvailability.coverage.complete;
      };
      await expect.poll(isComplete).toBe(true);
    },
  );

  it('reserves half of a nearly exhausted rate limit for awaited requests', async () => {
    await using rest = await startFakeRest();
    rest.send({
      ratelimit: '"minute";r=40;t=30, "day";r=5100;t=86400',
      'ratelimit-policy': '"minute";q=60;w=60, "day";q=50000;w=86400',
    });
    const gateway = connectToRest(rest, { FRESH_SECONDS: '10' });
    await gateway.ask(MATRIX);
    const askAfter = async (seconds: number) => {
      gateway.passSeconds(seconds);
      await gateway.ask(MATRIX);
      await expect.poll(async () => (await gateway.get('/metrics')).body).toContain('gpu_gateway_upstream_in_flight 0');
      return rest.seen.length;
    };
    // The remaining quota allows a renewal only every 34 seconds. So after 11 and 22 seconds, there is no renewal yet.
    expect(await askAfter(11)).toBe(3);
    expect(await askAfter(11)).toBe(3);
    expect((await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability.coverage.complete).toBe(true);
    expect(rest.seen).toHaveLength(4);
    expect(await askAfter(24)).toBe(5);
  });

  it('rejects no awaited request while the rate limit is not exhausted', async () => {
    await using rest = await startFakeRest();
    rest.send({ ratelimit: '"minute";r=3;t=59', 'ratelimit-policy': '"minute";q=60;w=60' });
    const gateway = connectToRest(rest);
    expect((await gateway.ask(MATRIX)).data.gpuAvailability.coverage.complete).toBe(true);
    expect((await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability.coverage.complete).toBe(true);
  });

  it('reads a RateLimit header that is split over several lines', async () => {
    await using rest = await startFakeRest();
    const lines = { ratelimit: ['"minute";r=40;t=30', '"day";r=0;t=900'] as unknown as string };
    rest.send({ ...lines, 'ratelimit-policy': '"minute";q=60;w=60, "day";q=50000;w=86400' });
    const gateway = connectToRest(rest);
    await gateway.ask('{ dataCenters { id } }');
    const { coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
    expect(coverage.failures[0].code).toBe('RATE_LIMITED');
  });
});
