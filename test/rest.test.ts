import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { VERSION } from '../src/version.ts';
import { changed } from './support/changed-answer.ts';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { createGateway } from './support/gateway.ts';
import { tracesOf } from './support/secret-traces.ts';

type Rest = Awaited<ReturnType<typeof startFakeRest>>;

const connect = ({ url }: Pick<Rest, 'url'>, env: Record<string, string> = {}) =>
  createGateway({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: url, UPSTREAM_RETRIES: '0', ...env });

const MATRIX = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id region } available stock onDemandPrice { perGpu perPod } stale }
  coverage { complete expected failed failures { gpuType { id } dataCenter { id } code } } } }`;

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string; readonly region: string };
}

const inRomania = (availability: string) => ({ id: 'EU-RO-1', name: 'EU-RO-1', availability });

const rowOf = (rows: readonly Row[], gpuType: string, dataCenter: string) =>
  rows.find((row) => row.gpuType.id === gpuType && row.dataCenter.id === dataCenter);

describe('a gateway with the REST API', () => {
  it('sends two requests for the first query, one for each further pod size, and the key only in a header', async () => {
    await using rest = await startFakeRest();
    const gateway = connect(rest);
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
    const gateway = connect(rest, { MAX_UPSTREAM_PER_OPERATION: '18', UPSTREAM_TIMEOUT_MS: '100000' });
    expect((await gateway.ask(`{ ${fields.join(' ')} }`)).errors).toBeUndefined();
    expect(rest.count('gpus')).toBe(16);
  });

  it('reads a missing data center as sold out, and a data center without a stock word as unknown', async () => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            const l4 = gpus.find(({ id }) => id === 'NVIDIA L4') ?? { id: null };
            l4.dataCenters = [
              { id: 'EU-RO-1', name: 'A' },
              { id: 'EU-SE-1', name: 'B', availability: 'PLENTY' },
              { id: 'US-KS-2', name: 'C', availability: 'NONE' },
              { id: 'XX-NEW-9', name: 'D', availability: 'LOW' },
            ];
            gpus.push({ id: 'unknown' }, { id: null }, { id: 7 });
          })
        : undefined,
    );
    const gateway = connect(rest);
    const { nodes, coverage } = (await gateway.ask(MATRIX)).data.gpuAvailability;
    const l4 = (dataCenter: string) => rowOf(nodes, 'NVIDIA L4', dataCenter);
    expect(l4('EU-RO-1')).toMatchObject({ available: null, stock: 'UNKNOWN' });
    expect(l4('EU-SE-1')).toMatchObject({ available: true, stock: 'UNKNOWN', onDemandPrice: { perGpu: 0.43 } });
    expect(l4('US-KS-2')).toMatchObject({ available: false, stock: 'NONE', onDemandPrice: null });
    expect(l4('US-TX-3')).toMatchObject({ available: false, stock: 'NONE' });
    expect(l4('XX-NEW-9')).toMatchObject({ available: true, stock: 'LOW', dataCenter: { region: 'UNKNOWN' } });
    expect(coverage).toMatchObject({
      expected: 41 * 40,
      failures: [{ gpuType: { id: 'NVIDIA L4' }, dataCenter: { id: 'EU-RO-1' }, code: 'BAD_RESPONSE' }],
    });
    expect(gateway.logged.join('')).toContain('"word":"PLENTY"');
    const { data } = await gateway.ask('{ gpuTypes { id } }');
    expect(data.gpuTypes).toHaveLength(41);
  });

  it.each([
    [
      'a row without an id',
      [
        { id: 'EU-RO-1', availability: 'LOW' },
        { id: '', availability: 'HIGH' },
      ],
    ],
    ['rows with another key', [{ dataCenterId: 'EU-RO-1', availability: 'LOW' }]],
    ['texts instead of rows', ['EU-RO-1']],
    ['an object instead of a list', { 'EU-RO-1': 'LOW' }],
  ])('does not read a missing data center as sold out when RunPod sends %s', async (_what, dataCenters) => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            for (const row of gpus) if (row.id === 'NVIDIA L4') row.dataCenters = dataCenters;
          })
        : undefined,
    );
    const { nodes, coverage } = (await connect(rest).ask(MATRIX)).data.gpuAvailability;
    expect(rowOf(nodes, 'NVIDIA L4', 'US-TX-3')).toMatchObject({ available: null, stock: 'UNKNOWN' });
    expect(coverage.failed).toBeGreaterThanOrEqual(38);
  });

  it('rejects two lists that would result in too many cells, before it creates the cells', async () => {
    await using rest = await startFakeRest();
    const rows = Array.from({ length: 4000 }, (_, index) => ({
      id: `id ${index}`,
      name: 'x',
      dataCenters: [],
      secure: true,
    }));
    rest.fail(({ path }) =>
      answerWith(200, JSON.stringify(path.endsWith('gpus') ? { gpus: rows } : { dataCenters: rows })),
    );
    const { data } = await connect(rest).ask(
      '{ gpuType(id: "id 7") { availability { coverage { failed failures { code } } } } }',
    );
    expect(data.gpuType.availability.coverage).toEqual({ failed: 4000, failures: [{ code: 'BAD_RESPONSE' }] });
  });

  it('lists a data center that only a GPU type names, even if clients request the data centers first', async () => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            for (const row of gpus)
              if (row.id === 'NVIDIA L4') row.dataCenters = [{ id: 'XX-NEW-9', availability: 'HIGH' }];
          })
        : undefined,
    );
    const gateway = connect(rest);
    expect((await gateway.ask('{ dataCenters { id } }')).data.dataCenters).toHaveLength(40);
    const { nodes } = (await gateway.ask(MATRIX)).data.gpuAvailability;
    expect(rowOf(nodes, 'NVIDIA L4', 'XX-NEW-9')).toMatchObject({ available: true, stock: 'HIGH' });
    expect(rest.seen).toHaveLength(2);
  });

  /**
   * Forms of RunPod's answer. Each entry has a description, the changed properties of the L4 in the answer, and the expected stock in
   * EU-RO-1 and in US-TX-3 (`null` for a failed cell).
   */
  const FORMS: readonly (readonly [string, object, string | null, string | null])[] = [
    ['NONE without a list', { availability: 'NONE', dataCenters: undefined }, 'NONE', 'NONE'],
    ['NONE with an empty list', { availability: 'NONE', dataCenters: [] }, 'NONE', 'NONE'],
    ['NONE, and LOW in a data center', { availability: 'NONE', dataCenters: [inRomania('LOW')] }, 'LOW', 'NONE'],
    ['LOW, and NONE in a data center', { availability: 'LOW', dataCenters: [inRomania('NONE')] }, 'NONE', 'NONE'],
    ['another spelling', { availability: 'low', dataCenters: [inRomania('Out-Of Stock')] }, 'NONE', 'NONE'],
    ['a list and no level', { availability: undefined, dataCenters: [inRomania('HIGH')] }, 'HIGH', 'NONE'],
    ['LOW without a list', { availability: 'LOW', dataCenters: undefined }, null, null],
    ['LOW with an empty list', { availability: 'LOW', dataCenters: [] }, null, null],
    ['neither level nor list', { availability: undefined, dataCenters: undefined }, null, null],
    ['NONE, and a malformed list', { availability: 'NONE', dataCenters: { a: 1 } }, null, null],
    ['a GPU type without secure cloud', { secure: false, availability: 'LOW', dataCenters: undefined }, 'NONE', 'NONE'],
  ];

  it.each(FORMS)('reads %s correctly', async (_what, said, inRo, inTexas) => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            Object.assign(gpus.find(({ id }) => id === 'NVIDIA L4') ?? {}, { secure: true, ...said });
          })
        : undefined,
    );
    const { nodes, coverage } = (await connect(rest).ask(MATRIX)).data.gpuAvailability;
    const stockIn = (id: string) => {
      const row = rowOf(nodes, 'NVIDIA L4', id) as unknown as { available: boolean | null; stock: string };
      return row.available === null ? null : row.stock;
    };
    expect([stockIn('EU-RO-1'), stockIn('US-TX-3')]).toEqual([inRo, inTexas]);
    expect(coverage.failed).toBe(inTexas === null ? 39 : 0);
  });

  it('reports that RunPod has refused the key', async () => {
    await using rest = await startFakeRest();
    const { errors } = await connect(rest, { RUNPOD_API_KEY: 'wrong' }).ask(MATRIX);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAUTHORIZED' } }]);
  });

  it('never shows the key when RunPod echoes it', async () => {
    await using rest = await startFakeRest();
    const echo = `Bearer ${KEY} at /v2?token=hidden123`;
    const faults = [200, 400, 401, 404, 500].map((status) =>
      answerWith(status, JSON.stringify({ title: echo, gpus: echo })),
    );
    const gateway = connect({ ...rest, url: `${rest.url}?token=hidden123` });
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
    const gateway = connect(rest, { FRESH_SECONDS: '1' });
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
      const gateway = connect(rest, code === 'TIMEOUT' ? { UPSTREAM_TIMEOUT_MS: '1000' } : {});
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
    const gateway = connect(rest, { FRESH_SECONDS: '10' });
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
    const gateway = connect(rest);
    expect((await gateway.ask(MATRIX)).data.gpuAvailability.coverage.complete).toBe(true);
    expect((await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability.coverage.complete).toBe(true);
  });

  it('reads a RateLimit header that is split over several lines', async () => {
    await using rest = await startFakeRest();
    const lines = { ratelimit: ['"minute";r=40;t=30', '"day";r=0;t=900'] as unknown as string };
    rest.send({ ...lines, 'ratelimit-policy': '"minute";q=60;w=60, "day";q=50000;w=86400' });
    const gateway = connect(rest);
    await gateway.ask('{ dataCenters { id } }');
    const { coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
    expect(coverage.failures[0].code).toBe('RATE_LIMITED');
  });
});
