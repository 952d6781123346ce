import { graphql, parse, subscribe } from 'graphql';
import { createSchema, createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { createGpuAvailability } from '../../src/library/library.ts';
import type { GpuAvailability, GpuAvailabilityContext } from '../../src/library/library-types.ts';
import { embed, executeIn, failuresIn, fetchFrom, KEY, ofTypes, type Result } from '../support/embedded-library.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { inStock } from '../support/stock.ts';

describe.each([
  ['fetch', fetchFrom],
  ['a schema of the host', executeIn],
] as const)('operations over %s', (_name, ask) => {
  it('answer with the data of RunPod, and send the key', async () => {
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url);
    const result = await ask(gpus, '{ gpuAvailability(gpuType: "NVIDIA L4", first: 1) { nodes { id stock } } }');
    expect(result.errors).toBeUndefined();
    expect(result.data).toMatchObject({ gpuAvailability: { nodes: [{ id: expect.stringContaining('NVIDIA%20L4') }] } });
    expect(runPod.seen[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
  });

  it('send at most as many requests to RunPod in a minute as their client may cause', async () => {
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url, { clientUpstreamPerMinute: 5 });
    // The client may cause five requests. Two of them are for the lists of GPU types and data centers.
    expect(failuresIn(await ask(gpus, ofTypes(3), 'a'))).toEqual([]);
    expect(failuresIn(await ask(gpus, ofTypes(3, 2), 'a'))).toContain('RATE_LIMITED');
    expect(failuresIn(await ask(gpus, ofTypes(3, 2), 'b'))).toEqual([]);
    expect(runPod.seen).toHaveLength(8);
  });

  it('share one budget if their clients have no names', async () => {
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url, { clientUpstreamPerMinute: 5 });
    await ask(gpus, ofTypes(3));
    expect(failuresIn(await ask(gpus, ofTypes(3, 2)))).toContain('RATE_LIMITED');
    expect(runPod.seen).toHaveLength(5);
  });

  it.each([
    ['2001:db8::1', '2001:db8::2'],
    ['192.0.2.1', '::ffff:192.0.2.1'],
  ])('share one budget if their clients are the addresses %s and %s of one host', async (first, second) => {
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url, { clientUpstreamPerMinute: 5 });
    expect(failuresIn(await ask(gpus, ofTypes(3), first))).toEqual([]);
    expect(failuresIn(await ask(gpus, ofTypes(3, 2), second))).toContain('RATE_LIMITED');
    expect(failuresIn(await ask(gpus, ofTypes(3, 2), '2001:db8:0:1::1'))).toEqual([]);
  });

  it('are refused if they would send more requests to RunPod than one operation may cause', async () => {
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url, { maxUpstreamPerOperation: 10 });
    const nested = '{ gpuTypes { id availability(gpuCount: 2) { totalCount } } }';
    const { errors = [] } = await ask(gpus, nested);
    expect(new Set(errors.map(({ extensions }) => extensions?.code))).toEqual(new Set(['OPERATION_TOO_COMPLEX']));
    expect(runPod.seen.length).toBeLessThanOrEqual(10);
  });

  it('answer with all cells', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const all = 'gpuAvailability(filter: { includeUnavailable: true }) { totalCount nodes { id dataCenter { name } } }';
    const { data, errors } = await ask(gpus, `{ a: ${all} b: ${all} }`);
    expect(errors).toBeUndefined();
    const { nodes = [], totalCount = 0 } = data?.['b'] ?? {};
    expect([nodes.length, totalCount > 1000]).toEqual([totalCount, true]);
  });

  it('are refused if their responses could be too large', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded', maxAnswerBytes: 1_000_000 });
    const all =
      'gpuAvailability(filter: { includeUnavailable: true }) { nodes { id dataCenter { name } gpuType { id } } }';
    const { errors = [] } = await ask(gpus, `{ a: ${all} b: ${all} c: ${all} d: ${all} e: ${all} f: ${all} }`);
    expect(errors[0]?.extensions?.code).toBe('OPERATION_TOO_COMPLEX');
  });

  it('report the code of a mistake of the client', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const { errors } = await ask(gpus, '{ gpuAvailability(gpuType: "no such type") { totalCount } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, path: ['gpuAvailability'] }]);
  });
});

describe('fetch', () => {
  it('lets the cache of the client store fresh answers, but no other cache, because only the host knows who may have them', async () => {
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url);
    const address = 'http://host.example/graphql?query={gpuAvailability(gpuType:"NVIDIA%20L4"){totalCount}}';
    const { status, headers } = await gpus.fetch(new Request(address));
    expect([status, headers.get('cache-control'), headers.get('vary')]).toEqual([
      200,
      expect.stringMatching(/^private, max-age=\d+, s-maxage=0\b/),
      'Accept, Accept-Encoding, Authorization, Cookie',
    ]);
    const again = await gpus.fetch(new Request(address, { headers: { 'if-none-match': headers.get('etag') ?? '' } }));
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('sends answers in parts', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const query = '{ upstream { source } ... @defer { gpuAvailability(first: 1) { totalCount } } }';
    const headers = { 'content-type': 'application/json', accept: 'multipart/mixed' };
    const request = { method: 'POST', headers, body: JSON.stringify({ query }) };
    const response = await gpus.fetch(new Request('http://host.example/graphql', request));
    expect(response.headers.get('content-type')).toContain('multipart/mixed');
    const text = await response.text();
    expect(text.indexOf('"hasNext":true')).toBeLessThan(text.indexOf('"totalCount"'));
  });

  it.each([
    ['PUT', undefined, 405],
    ['POST', 'text/plain', 415],
    ['OPTIONS', undefined, 405],
  ])('refuses %s with the content type %s', async (method, contentType, status) => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const headers = new Headers(contentType === undefined ? {} : { 'content-type': contentType });
    const body = '{"query":"{__typename}"}';
    const init = { method, headers, ...(method === 'POST' && { body }) };
    const response = await gpus.fetch(new Request('http://host.example/graphql', init));
    expect(response.status).toBe(status);
  });

  it.each(['/graphql/', '//graphql', '/other'])('answers only at its own path, not at %s', async (path) => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const headers = { 'content-type': 'text/plain' };
    const init = { method: 'POST', headers, body: '{"query":"{__typename}"}' };
    expect((await gpus.fetch(new Request(`http://host.example${path}`, init))).status).toBe(404);
  });

  it('refuses a body that is too long, even if the request does not state its length', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const body = new Blob([JSON.stringify({ query: `{ __typename ${' '.repeat(1_000_000)} }` })]).stream();
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    expect((await gpus.fetch(new Request('http://host.example/graphql', init))).status).toBe(413);
  });
});

describe('a schema of the host', () => {
  /** Creates a Yoga server, the host, with the schema of the library. */
  const createHost = (gpus: GpuAvailability, context: () => Partial<GpuAvailabilityContext>) =>
    createYoga({
      schema: createSchema({ typeDefs: gpus.typeDefs, resolvers: gpus.resolvers }),
      context,
      logging: false,
    });

  it('shows errors with a code, although the host masks other errors', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const host = createHost(gpus, () => gpus.createContext());
    const response = await host.fetch(
      'http://host.example/graphql?query={gpuType(id:"x"){availability(first:0){totalCount}}gpuAvailability(first:0){totalCount}}',
    );
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('keeps its own status and fields when a field of the gateway is refused', async () => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded', maxAnswerBytes: 1_000_000 });
    const host = createYoga({
      schema: createSchema<GpuAvailabilityContext>({
        typeDefs: [gpus.typeDefs, 'type Query { hello: String }'],
        resolvers: [gpus.resolvers, { Query: { hello: () => 'world' } }],
      }),
      context: () => gpus.createContext(),
      logging: false,
    });
    const rows = (alias: string) => `${alias}: gpuAvailability(filter: { includeUnavailable: true }) { nodes { id } }`;
    const query = `query ($first: Boolean = true) { hello ... @include(if: $first) { ${'abcdefghijklmnop'.split('').map(rows).join(' ')} } }`;
    const response = await host.fetch(`http://host.example/graphql?query=${encodeURIComponent(query)}`);
    const { data, errors } = (await response.json()) as Result;
    expect([response.status, data?.['hello']]).toEqual([200, 'world']);
    expect(errors?.[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
  });

  it.each([
    ['no context', () => ({})],
    ['the context of another instance', createGpuAvailability().createContext],
  ])('fails with %s, and says what is missing', async (_name, createContext) => {
    await using gpus = embed('http://127.0.0.1:1/', { upstream: 'recorded' });
    const schema = createSchema({ typeDefs: gpus.typeDefs, resolvers: gpus.resolvers });
    const { errors } = await graphql({ schema, source: '{ gpuTypes { id } }', contextValue: createContext() });
    expect(errors?.[0]?.message).toContain('Put the result of createContext() into the context of each operation.');
  });

  it('sends events to subscribers until they leave', async () => {
    await using runPod = await startFakeRunPod();
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Low'));
    await using gpus = embed(runPod.url, { freshSeconds: 1 });
    const schema = createSchema({ typeDefs: gpus.typeDefs, resolvers: gpus.resolvers });
    const document = parse('subscription { gpuAvailabilityChanged(gpuType: "NVIDIA L4") { after { stock } } }');
    const leaving = new AbortController();
    const contextValue = gpus.createContext({ signal: leaving.signal });
    const events = await subscribe({ schema, document, contextValue });
    if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
    const first = events.next();
    await expect.poll(() => runPod.count('LowestPrices')).toBeGreaterThan(0);
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('High'));
    expect(await first).toEqual({
      done: false,
      value: { data: { gpuAvailabilityChanged: { after: { stock: 'HIGH' } } } },
    });
    leaving.abort();
    expect(await events.next()).toMatchObject({ done: true });
  });

  it('sends no more requests to RunPod for an operation when nobody waits for it any more', async () => {
    const leaving = new AbortController();
    await using runPod = await startFakeRunPod();
    await using gpus = embed(runPod.url, { upstreamConcurrency: 1 });
    await executeIn(gpus, ofTypes(0));
    runPod.fail(() => {
      leaving.abort();
      return undefined;
    });
    const schema = createSchema({ typeDefs: gpus.typeDefs, resolvers: gpus.resolvers });
    const contextValue = gpus.createContext({ signal: leaving.signal });
    const { errors } = await graphql({ schema, source: ofTypes(2), contextValue });
    expect(errors).toHaveLength(2);
    await executeIn(gpus, ofTypes(1, 2));
    // RunPod gets four requests: two for the lists, one for the first GPU type, and one for the later operation.
    expect(runPod.seen).toHaveLength(4);
  });
});
