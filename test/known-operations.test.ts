import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../src/http/server.ts';
import { anyQuestion, anyVariables, GOOD_VARIABLES, toOperation } from './support/any-question.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { NOTHING } from './support/stock.ts';

type Gateway = ReturnType<typeof createGateway>;

async function listen(gateway: Gateway) {
  const server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  /** Returns the number of operations that Yoga has executed. */
  const executions = async () =>
    Number(/execution_duration_seconds_count\S* (\d+)/.exec((await gateway.get('/metrics')).body)?.[1] ?? 0);
  return { post, executions, stop: () => server.close(0), [Symbol.asyncDispose]: () => server.close(0) };
}

const RUNS = 100;

describe('an operation that Yoga has executed once', () => {
  let server: Awaited<ReturnType<typeof listen>>;
  const gateway = createGateway();
  beforeAll(async () => {
    server = await listen(gateway);
  });
  afterAll(() => server.stop());

  it('has the same response without Yoga, whatever it selects', async () => {
    const before = await server.executions();
    await fc.assert(
      fc.asyncProperty(anyQuestion, anyVariables, anyVariables, async (query, ...some) => {
        const ask = async (body: object) => {
          const answer = await server.post(body);
          return [answer.status, await answer.text()];
        };
        await ask({ query, variables: GOOD_VARIABLES });
        for (const variables of [...some, GOOD_VARIABLES]) {
          // Yoga executes this request, because it has extensions. The next two requests have other bodies, so the gateway sends no stored
          // response.
          const answer = await ask({ query, variables, extensions: {} });
          expect(await ask({ variables, query })).toEqual(answer);
          expect(await ask({ query, variables, operationName: null })).toEqual(answer);
        }
      }),
      { numRuns: RUNS },
    );
    // Yoga executes most of the requests: those with errors, and those with operations that only Yoga can execute. So only some answers
    // come from memory.
    const fromMemory = 10 * RUNS - ((await server.executions()) - before);
    expect(fromMemory).toBeGreaterThan(RUNS);
  });

  it('has the same response headers when it is executed without Yoga', async () => {
    const query = 'query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { nodes { stock } } }';
    const first = await server.post({ query, variables: { most: 1 } });
    const before = await server.executions();
    const again = await server.post({ query, variables: { most: 2 } });
    expect(await server.executions()).toBe(before);
    const headersOf = ({ headers }: Response) =>
      Object.fromEntries([...headers].filter(([name]) => !['date', 'content-length', 'x-request-id'].includes(name)));
    expect(headersOf(again)).toEqual(headersOf(first));
    const rows = async (answer: Response) => (await answer.json()).data.gpuAvailability.nodes.length;
    expect(await rows(again)).toBeGreaterThan(await rows(first));
  });

  it('is executed without Yoga if it is a placement with all its details', async () => {
    const query = readFileSync('operations/clients/find-a-pod.graphql', 'utf8');
    const ask = async (maxPricePerHour: number, others: object = {}) => {
      const needs = { minMemoryGb: 48, regions: ['EUROPE'], maxPricePerHour };
      return (await (await server.post({ query, variables: { needs }, ...others })).json()).data.placement;
    };
    await ask(2);
    const before = await server.executions();
    await ask(1.8);
    const placement = await ask(1.5);
    expect(await server.executions()).toBe(before);
    // Yoga executes a request with extensions. Its answer must equal the answer that was given without Yoga.
    expect(placement).toEqual(await ask(1.5, { extensions: {} }));
    const { options, excluded, relaxations } = placement;
    expect([options, excluded, relaxations].every(({ length }) => length > 0)).toBe(true);
  });

  it('is executed without Yoga when a client sends its documentId instead of its text', async () => {
    const text = readFileSync('operations/clients/cheapest-gpus.graphql', 'utf8');
    const documentId = createHash('sha256').update(text).digest('hex');
    const answerTo = async (body: object) => (await (await server.post(body)).json()).data;
    const expected = await answerTo({ query: text, variables: { minMemoryGb: 48 } });
    const before = await server.executions();
    for (const id of [documentId, `sha256:${documentId}`]) {
      expect(await answerTo({ documentId: id, variables: { minMemoryGb: 48 } })).toEqual(expected);
      expect((await answerTo({ documentId: id, variables: { minMemoryGb: 80 } })).gpuAvailability).toBeDefined();
    }
    expect(await server.executions()).toBe(before);
    // The `documentId` is not the hash of `query`, so Yoga handles the request and reports the error.
    expect((await server.post({ query: '{ gpuAvailability { totalCount } }', documentId })).status).toBe(400);
  });

  it.each([
    [
      'a field that depends on a variable',
      'gpuAvailability { nodes { stock } coverage @include(if: $yes) { complete } }',
    ],
    ['a fragment that depends on a variable', 'gpuAvailability { nodes { stock } ...Report @skip(if: $yes) }'],
    ['a fragment on the type Query', '... on Query { gpuAvailability(first: $first) { ... { nodes { stock } } } }'],
    [
      'several fields',
      '__typename one: gpuAvailability { nodes { stock } } other: gpuAvailability(first: $first) { totalCount }',
    ],
    [
      'an input object with variables',
      'gpuAvailability(filter: { dataCenterIds: $ids, maxPricePerGpuHour: $most }) { totalCount }',
    ],
  ])('is executed without Yoga when it has %s', async (_what, fields) => {
    const query = toOperation(fields);
    await server.post({ query, variables: GOOD_VARIABLES });
    const before = await server.executions();
    const variables = { ...GOOD_VARIABLES, first: 2, yes: false, most: 3 };
    expect((await server.post({ query, variables })).status).toBe(200);
    expect(await server.executions()).toBe(before);
  });

  it('has the same response when its rows have a fragment on a union', async () => {
    const query =
      '{ gpuAvailability(first: 2) { nodes { gpuType { id ... on _Entity { ... on GpuType { displayName } } } } } }';
    const response = await (await server.post({ query, extensions: {} })).text();
    expect(response).toContain('displayName');
    const before = await server.executions();
    expect(await (await server.post({ query })).text()).toBe(response);
    expect(await server.executions()).toBe(before);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'has no value for a variable named %s that was not sent',
    async (name) => {
      for (const [type, args] of [
        ['Int', `first: $${name}`],
        ['Region', `region: $${name}`],
        ['Float', `filter: { maxPricePerGpuHour: $${name} }`],
      ]) {
        const query = `query ($${name}: ${type}) { gpuAvailability(${args}) { totalCount nodes { stock } } }`;
        const answer = await (await server.post({ query, extensions: {} })).text();
        expect(await (await server.post({ query })).text()).toBe(answer);
      }
    },
  );

  it('is refused if the body of the request has an invalid form', async () => {
    const query = '{ gpuAvailability(first: 1) { nodes { stock } } }';
    await server.post({ query });
    const statuses = [];
    for (const body of [
      { query, variables: [] },
      { query, variables: 'none' },
      { query, operationName: 1 },
      { query, operationName: 'Other' },
      { query, more: 1 },
      `{ "__proto__": {}, "query": ${JSON.stringify(query)} }`,
      `{ "constructor": {}, "query": ${JSON.stringify(query)} }`,
      [{ query }],
    ]) {
      statuses.push((await server.post(body)).status);
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 400, 400]);
  });

  it('is not confused with another operation in the same document, whichever was executed first', async () => {
    const query = `query A($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { a: totalCount } }
      query B($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { b: totalCount } }`;
    const ask = async (operationName: string, most: number) => {
      const answer = await server.post({ query, operationName, variables: { most } });
      return Object.keys((await answer.json()).data.gpuAvailability);
    };
    await Promise.all([ask('A', 1), ask('B', 1)]);
    const run = await server.executions();
    for (const most of [2, 3, 4]) expect([await ask('A', most), await ask('B', most)]).toEqual([['a'], ['b']]);
    expect(await server.executions()).toBe(run);
  });

  it('stays known while it is requested, however many other operations are requested', async () => {
    const query = 'query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { totalCount } }';
    const other = 'query ($first: Int) { gpuAvailability(first: $first) { totalCount } }';
    const ask = (most: number) => server.post({ query, variables: { most } });
    for (let asked = 0; asked < 500; asked += 1) {
      await ask(asked);
      await server.post({ query: `{ other${asked}: gpuAvailability { totalCount } }` });
    }
    for (const first of [1, 2, 3]) await server.post({ query: other, variables: { first } });
    const before = await server.executions();
    await ask(500);
    expect(await server.executions()).toBe(before);
  });

  it('is not confused with another operation, whatever operation names clients send', async () => {
    const query = '{ gpuAvailability\n { totalCount } }';
    await server.post({ query });
    const [begin = '', end = ''] = query.split('\n');
    const forged = await server.post({ operationName: `\n${begin}`, query: end });
    expect([forged.status, (await forged.json()).errors[0].extensions.code]).toEqual([200, 'GRAPHQL_PARSE_FAILED']);
    await server.post({ operationName: '', query });
    const before = await server.executions();
    expect((await server.post({ query, operationName: null })).status).toBe(200);
    expect(await server.executions()).toBe(before);
  });
});

describe('data in memory', () => {
  const query = 'query ($most: Float) { gpuAvailability(filter: { maxPricePerGpuHour: $most }) { totalCount } }';
  const bodies = [0.1, 0.2, 0.3].map((most) => ({ query, variables: { most } }));
  const statusesOf = (answers: readonly Response[]) => answers.map(({ status }) => status);

  it('is not sent to a client without a key', async () => {
    await using server = await listen(createGateway({ CLIENT_API_KEYS: 'one,two' }));
    const askWith = (headers: Record<string, string>) => Promise.all(bodies.map((body) => server.post(body, headers)));
    for (let count = 0; count < 2; count += 1) {
      expect(statusesOf(await askWith({ authorization: 'Bearer one' }))).toEqual([200, 200, 200]);
      expect(statusesOf(await askWith({ authorization: 'Bearer none' }))).toEqual([401, 401, 401]);
      expect(statusesOf(await askWith({}))).toEqual([401, 401, 401]);
    }
  });

  it('is not sent to another site or in response to a form', async () => {
    await using server = await listen(createGateway({ CORS_ORIGINS: 'https://a.example' }));
    const askFrom = async (body: unknown, origin: string) =>
      (await server.post(body, { origin })).headers.get('access-control-allow-origin');
    const seen = [];
    for (const body of bodies) {
      seen.push(await askFrom(body, 'https://a.example'), await askFrom(body, 'https://b.example'));
    }
    expect(new Set(seen)).toEqual(new Set(['https://a.example', null]));
    expect((await server.post(bodies[0], { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('is not sent for the text of an operation if only persisted operations are allowed', async () => {
    await using server = await listen(createGateway({ PERSISTED_ONLY: 'true' }));
    const text = readFileSync('operations/clients/cheapest-gpus.graphql', 'utf8');
    const sha256Hash = createHash('sha256').update(text).digest('hex');
    const persisted = { variables: { minMemoryGb: 24 }, extensions: { persistedQuery: { version: 1, sha256Hash } } };
    for (let count = 0; count < 2; count += 1) {
      expect((await (await server.post(persisted)).json()).errors).toBeUndefined();
      const refused = await (await server.post({ query: text })).json();
      expect(refused.errors[0].extensions.code).toBe('PERSISTED_QUERY_ONLY');
    }
  });

  it('is sent only as often as the rate limit of the client allows', async () => {
    await using server = await listen(createGateway({ TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '4' }));
    const answers = [];
    for (const most of [1, 2, 3, 4, 5, 6]) {
      answers.push(await server.post({ query, variables: { most } }, { 'x-forwarded-for': '192.0.2.7' }));
    }
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('is renewed when it is stale, and the next responses contain the renewed data', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    await using server = await listen(gateway);
    const some =
      'query ($first: Int) { gpuAvailability(gpuType: "L4", first: $first) { nodes { dataCenter { id } stock stale } } }';
    const rows = async (first: number) =>
      (await (await server.post({ query: some, variables: { first } })).json()).data.gpuAvailability.nodes;
    const before = await rows(100);
    expect(await rows(99)).toEqual(before);
    const asked = runPod.seen.length;
    gateway.passSeconds(61);
    runPod.stock.set('NVIDIA L4', before[0].dataCenter.id, NOTHING);
    expect((await rows(98))[0].stale).toBe(true);
    await expect.poll(() => rows(97)).toEqual(before.slice(1));
    expect(runPod.seen.length).toBe(asked + 1);
  });
});
