import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { connect, createGateway } from '../support/gateway.ts';
import { heapInUse } from '../support/heap.ts';

const QUERY = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { __typename ... on GpuType { id displayName } ... on DataCenter { id region } } }`;

const gpuType = (id: unknown) => ({ __typename: 'GpuType', id });
const dataCenter = (id: unknown) => ({ __typename: 'DataCenter', id });
/** Returns references to `count` different GPU types. RunPod lists none of them. */
const different = (count: number, prefix = 'a') =>
  Array.from({ length: count }, (_, index) => gpuType(`${prefix}${index}`));
/** Returns `count` references, alternately to a GPU type, to a data center and to an unknown GPU type. */
const many = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => [gpuType('NVIDIA L4'), dataCenter('EU-RO-1'), gpuType('none')][index % 3],
  );

type Gateway = ReturnType<typeof createGateway>;

/** Returns the duration of the longest turn of the event loop until `work` settles, in milliseconds. */
async function longestTurn(work: Promise<unknown>): Promise<number> {
  const settled = new AbortController();
  const settle = () => settled.abort();
  work.then(settle, settle);
  let longest = 0;
  while (!settled.signal.aborted) {
    const startedAt = performance.now();
    await nextTurn();
    longest = Math.max(longest, performance.now() - startedAt);
  }
  return longest;
}

async function post({ handler }: Gateway, query: string, variables: object, operationName?: string) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ query, variables, operationName }) };
  const response = await handler.fetch('http://gateway.invalid/graphql', request);
  const { data, errors } = await response.json();
  return { status: response.status, data, code: errors?.[0].extensions.code };
}

describe('references of other subgraphs', () => {
  it('leave nothing in memory, however many select availability', async () => {
    const gateway = createGateway();
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on DataCenter { availability { totalCount } } } }`;
    const representations = Array.from({ length: 300 }, () => dataCenter('EU-RO-1'));
    const ask = async () => {
      const { data } = await post(gateway, query, { representations });
      expect(data['_entities'][299].availability.totalCount).toBeGreaterThan(0);
    };
    await ask();
    const before = heapInUse();
    for (let count = 0; count < 5; count += 1) await ask();
    // If the gateway kept the rows of every GPU type in memory for each reference, the rows would take 10 MB.
    expect(heapInUse() - before).toBeLessThan(3_000_000);
  });

  it('are resolved in order, even a thousand in one operation, with no upstream requests except those for the lists', async () => {
    await using runPod = await startFakeRunPod();
    const { data } = await post(connect(runPod.url), QUERY, { representations: many(1000) });
    expect(data['_entities']).toHaveLength(1000);
    expect(data['_entities'].slice(0, 4)).toEqual([
      { __typename: 'GpuType', id: 'NVIDIA L4', displayName: 'L4' },
      { __typename: 'DataCenter', id: 'EU-RO-1', region: 'EUROPE' },
      null,
      { __typename: 'GpuType', id: 'NVIDIA L4', displayName: 'L4' },
    ]);
    expect(runPod.seen).toHaveLength(2);
  });

  it('are resolved even if there are more than a thousand, as long as they refer to fewer than a thousand entities', async () => {
    const gateway = createGateway();
    const { data } = await gateway.ask('{ gpuTypes { id } }');
    const ids: string[] = data.gpuTypes.map(({ id }: { id: string }) => id);
    const representations = Array.from({ length: 1001 }, (_, index) => gpuType(ids[index % ids.length]));
    const answer = await post(gateway, QUERY, { representations });
    expect(answer.data['_entities'].map(({ id }: { id: string }) => id)).toEqual(representations.map(({ id }) => id));
  });

  it('are refused if there are more than two thousand, whatever they refer to', async () => {
    const gateway = createGateway();
    const representations = Array.from({ length: 1001 }, () => gpuType('NVIDIA L4'));
    const twice = `query ($representations: [_Any!]!) { a: _entities(representations: $representations) { __typename }
      b: _entities(representations: $representations) { __typename } }`;
    const { status, code } = await post(gateway, twice, { representations });
    expect([status, code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  it('block other requests for less than 50 ms, even if one operation has two thousand', async () => {
    const gateway = createGateway();
    const variables = { representations: many(2000) };
    let shortestMs = Number.POSITIVE_INFINITY;
    // On a busy machine, other processes make turns longer, so the test tries up to 60 rounds. One round with only short turns is
    // enough.
    for (let round = 0; round < 60 && shortestMs >= 50; round += 1) {
      const asking = gateway.ask(QUERY, variables);
      shortestMs = Math.min(shortestMs, await longestTurn(asking));
      expect((await asking).data['_entities']).toHaveLength(2000);
    }
    expect(shortestMs).toBeLessThan(50);
  });

  it('are refused before any request to RunPod if all fields together refer to more than a thousand entities', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    const twice = `query ($a: [_Any!]!, $b: [_Any!]!) {
      a: _entities(representations: $a) { __typename } ... { b: _entities(representations: $b) { __typename } } }`;
    for (const answer of [
      await post(gateway, QUERY, { representations: different(1001) }),
      await post(gateway, twice, { a: different(600), b: different(401, 'b') }),
    ]) {
      expect([answer.status, answer.code]).toEqual([400, 'OPERATION_TOO_COMPLEX']);
    }
    expect(runPod.seen).toEqual([]);
  });

  it.each([
    ['to a type that is not an entity', { __typename: 'HourlyPrice', perGpu: 0 }],
    ['without a type', { id: 'NVIDIA L4' }],
    ['to an unknown type', { __typename: 'constructor', id: 'x' }],
    ['with an id that is a number', gpuType(7)],
    ['with an id that is an object', gpuType({ toString: 'x' })],
    ['that is a text', 'GpuType'],
    ['that is a list', [[]]],
  ])('are reported as bad input and not logged as a fault: one %s', async (_what, representation) => {
    const gateway = createGateway();
    const { status, code } = await post(gateway, QUERY, { representations: [representation] });
    expect([status, code]).toEqual([200, 'BAD_USER_INPUT']);
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('are null for the id %j', async (id) => {
    const { data } = await post(createGateway(), QUERY, { representations: [gpuType(id), dataCenter(id)] });
    expect(data['_entities']).toEqual([null, null]);
  });

  it('are checked only in the operation that runs and in its fragments', async () => {
    const query = `query A($a: [_Any!]!, $other: [_Any!]!) { ...Other ...One } query B($a: [_Any!]!) { ...One }
      fragment Other on Query { other: _entities(representations: $other) { __typename } }
      fragment One on Query { _entities(representations: $a) { __typename } }
      query C($a: [_Any!]!) { c: _entities(representations: $a) { __typename } }`;
    const gateway = createGateway();
    const { data } = await post(gateway, query, { a: many(600) }, 'B');
    expect(data['_entities']).toHaveLength(600);
    expect((await post(gateway, query, { a: different(1001) }, 'B')).code).toBe('OPERATION_TOO_COMPLEX');
    expect((await post(gateway, query, { a: [gpuType(7)] }, 'B')).code).toBe('BAD_USER_INPUT');
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('can be literals in the operation', async () => {
    const query =
      '{ _entities(representations: [{ __typename: "GpuType", id: "NVIDIA L4" }]) { ... on GpuType { id } } }';
    expect((await post(createGateway(), query, {})).data['_entities']).toEqual([{ id: 'NVIDIA L4' }]);
  });

  it('can select availability, with one upstream request for each GPU type', async () => {
    await using runPod = await startFakeRunPod();
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on GpuType { availability { totalCount } } } }`;
    const representations = Array.from({ length: 20 }, () => gpuType('NVIDIA L4'));
    const { data } = await post(connect(runPod.url), query, { representations });
    expect(data['_entities']).toHaveLength(20);
    expect(runPod.count('LowestPrices')).toBe(1);
  });
});
