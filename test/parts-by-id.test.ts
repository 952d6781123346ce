import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client/core';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, fetchExchange } from '@urql/core';
import * as fc from 'fast-check';
import { parse } from 'graphql';
import { meros } from 'meros/browser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultWithIds } from '../src/graphql/incremental/result-formats.ts';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { anyQuestionInParts } from './support/any-parts.ts';
import { GOOD_VARIABLES } from './support/any-question.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { createAnswer, merge, type Payload } from './support/parts.ts';

const gateway = createGateway({ LOG_LEVEL: 'silent' });
let server: RunningServer;
beforeAll(async () => {
  server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
});
afterAll(() => server.close(0));

async function parts<T>(query: string, accept: string, url = server.url): Promise<T[]> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: `${accept}, application/json` },
    body: JSON.stringify({ query, variables: GOOD_VARIABLES }),
  });
  const read = await meros<T>(response);
  if (read instanceof Response) return [await read.json()];
  const bodies: T[] = [];
  for await (const { body } of read) bodies.push(body as T);
  return bodies;
}

/**
 * Reads an incremental response in the format with ids. Merges the parts exactly as the specification says, and fails if the response does
 * not follow the specification.
 */
async function readWithIds(query: string, url = server.url): Promise<{ data: unknown; errors: unknown[] }> {
  const paths = new Map<string, readonly (string | number)[]>();
  const errors: unknown[] = [];
  let data: unknown;
  for (const result of await parts<ResultWithIds>(query, 'multipart/mixed;incrementalSpec=v0.2', url)) {
    if ('data' in result) data = result.data;
    errors.push(...(result.errors ?? []));
    for (const { id, path } of result.pending ?? []) {
      expect(paths.has(id)).toBe(false);
      paths.set(id, path);
    }
    for (const { id, data: fields, items, errors: some = [] } of result.incremental ?? []) {
      const path = paths.get(id);
      if (path === undefined) throw new Error(`part ${id} is not pending`);
      const target = path.reduce((value, key) => (value as Record<string | number, unknown>)[key], data);
      if (items !== undefined) (target as unknown[]).push(...items);
      if (fields !== undefined) merge(target as object, fields);
      errors.push(...some);
    }
    for (const { path } of result.pending ?? []) {
      expect(path.reduce((value, key) => (value as Record<string | number, unknown>)[key], data)).toBeTypeOf('object');
    }
    for (const { id, errors: some = [] } of result.completed ?? []) {
      expect(paths.delete(id)).toBe(true);
      errors.push(...some);
    }
  }
  expect(paths.size).toBe(0);
  return { data, errors };
}

async function readAs2022(query: string): Promise<{ data: unknown; errors: unknown[] }> {
  const answer = createAnswer();
  for (const payload of await parts<Payload>(query, 'multipart/mixed;deferSpec=20220824')) answer.add(payload);
  return { data: answer.data(), errors: [] };
}

const readByApollo =
  (incrementalHandler: NonNullable<ApolloClient.Options['incrementalHandler']>) =>
  async (query: string): Promise<{ data: unknown; errors: unknown[] }> => {
    const link = new HttpLink({ uri: `${server.url}/graphql` });
    const client = new ApolloClient({ link, cache: new InMemoryCache(), incrementalHandler });
    const { data } = await client.query({ query: parse(query), variables: GOOD_VARIABLES, fetchPolicy: 'no-cache' });
    return { data: withoutTypes(data), errors: [] };
  };

async function readByUrql(query: string): Promise<{ data: unknown; errors: unknown[] }> {
  const client = new Client({ url: `${server.url}/graphql`, exchanges: [fetchExchange], preferGetMethod: false });
  const { data, error } = await client.query(query, GOOD_VARIABLES).toPromise();
  return { data, errors: error === undefined ? [] : [error] };
}

const withoutTypes = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data ?? null, (key, value) => (key === '__typename' ? undefined : value)));

describe('an incremental response has the same data as one without directives, for 200 operations', () => {
  it.each([
    ['a reader of the format with ids', readWithIds],
    ['a reader of the format of 2022', readAs2022],
    ['urql', readByUrql],
    ['Apollo Client with its handler of 2022', readByApollo(new Defer20220824Handler())],
    ['Apollo Client with its handler for ids', readByApollo(new GraphQL17Alpha9Handler() as never)],
  ])('read by %s', async (_who, read: (query: string) => Promise<{ data: unknown; errors: unknown[] }>) => {
    await fc.assert(
      fc.asyncProperty(anyQuestionInParts, async ({ question, inParts }) => {
        const whole = await gateway.ask(question, GOOD_VARIABLES);
        fc.pre(whole.errors === undefined);
        const { data, errors } = await read(inParts);
        expect(errors).toEqual([]);
        expect(withoutTypes(data)).toEqual(withoutTypes(whole.data));
      }),
      { numRuns: 200 },
    );
  });
});

describe('parts with ids', () => {
  it('are announced with the data they belong to', async () => {
    const query = `{ gpuAvailability(first: 3) { nodes @stream(initialCount: 1, label: "rows") { stock ... @defer(label: "type") {
      gpuType { id } } } } }`;
    const [first, ...later] = await parts<ResultWithIds>(query, 'multipart/mixed;incrementalSpec=v0.2');
    expect(first).toMatchObject({
      data: { gpuAvailability: { nodes: [{}] } },
      pending: [
        { id: '1', path: ['gpuAvailability', 'nodes'], label: 'rows' },
        { id: '2', path: ['gpuAvailability', 'nodes', 0], label: 'type' },
      ],
      hasNext: true,
    });
    const announced = later.flatMap(({ pending = [] }) => pending).map(({ path }) => path);
    expect(announced).toEqual([
      ['gpuAvailability', 'nodes', 1],
      ['gpuAvailability', 'nodes', 2],
    ]);
    expect(later.at(-1)).toMatchObject({ hasNext: false });
  });

  it('report an error in a deferred fragment with its code', async () => {
    const query = '{ upstream { source } ... @defer { gpuAvailability(gpuType: "no such") { totalCount } } }';
    const { data, errors } = await readWithIds(query);
    expect(data).toEqual({ upstream: { source: 'RECORDED' }, gpuAvailability: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' }, path: ['gpuAvailability'] }]);
  });

  it('are left out inside a deferred fragment that has failed', async () => {
    await using runPod = await startFakeRunPod();
    const small = { MAX_ANSWER_BYTES: '1000000', UPSTREAM_TIMEOUT_MS: '100000', LOG_LEVEL: 'silent' };
    const { listener, log } = connect(runPod.url, small);
    const limited = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    const fields = `gpuType { id displayName manufacturer memoryGb } dataCenter { id name region location } stock observedAt`;
    const report = (
      count: number,
    ) => `q${count}: gpuAvailability(gpuCount: ${count}, filter: { includeUnavailable: true }) {
      ... @defer { nodes { ${fields} spotPrice { perGpu perPod } onDemandPrice { perGpu perPod } ... @defer { id } } } }`;
    try {
      const { data, errors } = await readWithIds(`{ ${report(1)} ${report(2)} }`, limited.url);
      const refused = { extensions: { code: 'OPERATION_TOO_COMPLEX' } };
      expect(errors).toMatchObject([refused, refused]);
      expect(data).toEqual({ q1: {}, q2: {} });
    } finally {
      await limited.close(0);
    }
  });

  it('are announced only for fragments on the type of an entity, even if the query does not select __typename', async () => {
    const query = `{ _entities(representations: [{ __typename: "DataCenter", id: "EU-RO-1" }]) {
      ... on GpuType { ... @defer(label: "type") { displayName } } ... on DataCenter @defer(label: "place") { name } } }`;
    const [first, ...later] = await parts<ResultWithIds>(query, 'multipart/mixed;incrementalSpec=v0.2');
    expect(first).toEqual({
      data: { _entities: [{}] },
      pending: [{ id: '1', path: ['_entities', 0], label: 'place' }],
      hasNext: true,
    });
    expect(later).toMatchObject([{ incremental: [{ id: '1' }], completed: [{ id: '1' }], hasNext: false }]);
  });

  it('have different ids for two fragments on one object with the same fields', async () => {
    const query = `{ upstream { source } ... @defer { gpuTypes { id ... @defer { name: displayName } } }
      ... @defer { gpuTypes { id ... @defer { memoryGb ... @defer { maxGpuCount } } } } }`;
    const { data, errors } = await readWithIds(query);
    expect(errors).toEqual([]);
    expect(data).toEqual((await gateway.ask(query.replaceAll('@defer', ''))).data);
  });
});
