import { createClient } from 'graphql-sse';
import { createYoga } from 'graphql-yoga';
import { expect } from 'vitest';
import { createNotesSchema } from '../../examples/federation/notes.ts';
import { startServer } from '../../src/http/server.ts';
import { startApollo, startHive } from '../federation/routers.ts';
import { startApollo as startCachingApollo, startHive as startCachingHive } from '../support/caches/routers.ts';
import { createGateway } from '../support/gateway.ts';
import { expectEvent, startObserved } from './observed-gateway.ts';
import { type Row, versionOf } from './support-table.ts';

type StartRouter = typeof startApollo;
type Router = AsyncDisposable & { readonly url: string };

/**
 * Starts a router with two subgraphs: the gateway at `gpusUrl`, and the notes subgraph of the federation example, which adds notes to the
 * gateway's entities.
 */
async function startRouter(start: StartRouter, gpusUrl: string, isPersisted = false): Promise<Router> {
  const yoga = createYoga({ schema: createNotesSchema(), logging: false });
  const notes = await startServer(yoga, { host: '127.0.0.1', port: 0, log: createGateway().log });
  const subgraphs = [
    { name: 'gpus', url: gpusUrl },
    { name: 'notes', url: `${notes.url}/graphql` },
  ];
  const router = await start(subgraphs, isPersisted ? { persisted: ['gpus'] } : {});
  return {
    url: router.url,
    async [Symbol.asyncDispose]() {
      await router[Symbol.asyncDispose]();
      await notes.close(0);
    },
  };
}

async function ask({ url }: Router, query: string) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  return data;
}

const QUERY = '{ gpuAvailability(gpuType: "L4") { totalCount } }';

const answersQueries = (start: StartRouter) => async () => {
  await using gateway = await startObserved();
  await using router = await startRouter(start, gateway.url);
  expect((await ask(router, QUERY)).gpuAvailability.totalCount).toBeGreaterThan(0);
};

/** Returns a test of whether the router joins notes from the other subgraph with GPU types from the gateway. */
const joinsEntities = (start: StartRouter) => async () => {
  await using gateway = await startObserved();
  await using router = await startRouter(start, gateway.url);
  const { notes } = await ask(router, '{ notes { gpuType { displayName securePrice } } }');
  expect(notes).toContainEqual({ gpuType: { displayName: 'RTX 4090', securePrice: 0.69 } });
};

/**
 * Returns a test of whether the router uses persisted operations. For a new operation, the router must send first the hash and then the
 * text. Later, it must send only the hash.
 */
const persists = (start: StartRouter) => async () => {
  await using gateway = await startObserved();
  await using router = await startRouter(start, gateway.url, true);
  const countRequests = async () => {
    const { length } = gateway.requests;
    await ask(router, QUERY);
    return gateway.requests.length - length;
  };
  expect([await countRequests(), await countRequests()]).toEqual([2, 1]);
};

const caches = (start: (origin: string) => Promise<Router>) => async () => {
  await using gateway = await startObserved();
  await using router = await start(gateway.origin);
  const first = await ask(router, QUERY);
  const { length } = gateway.requests;
  expect(length).toBeGreaterThan(0);
  expect(await ask(router, QUERY)).toEqual(first);
  expect(gateway.requests).toHaveLength(length);
};

const WATCH = `subscription { gpuAvailabilityChanged(gpuType: "L4") {
  kind after { stock gpuType { notes { text } } } } }`;

async function subscribesThroughHive(): Promise<void> {
  const change = await expectEvent(/^text\/event-stream/, async (gpusUrl, onChange) => {
    const router = await startRouter(startHive, gpusUrl);
    const results = createClient({ url: router.url }).iterate({ query: WATCH });
    void (async () => {
      for await (const { data } of results) onChange(data?.['gpuAvailabilityChanged']);
    })();
    return async () => {
      await results.return?.();
      await router[Symbol.asyncDispose]();
    };
  });
  expect(change).toMatchObject({ after: { gpuType: { notes: [] } } });
}

export const APOLLO_GATEWAY: Row = {
  name: `Apollo Gateway ${versionOf('@apollo/gateway')} with Apollo Server ${versionOf('@apollo/server')}`,
  cells: [
    [{ how: 'by POST', run: answersQueries(startApollo) }],
    [{ how: '`_entities`', run: joinsEntities(startApollo) }],
    [{ how: '`apq` of `RemoteGraphQLDataSource`', run: persists(startApollo) }],
    'not supported by Apollo Gateway',
    [{ how: '`@apollo/server-plugin-response-cache`', run: caches(startCachingApollo) }],
  ],
};

export const HIVE_GATEWAY: Row = {
  name: `Hive Gateway (\`@graphql-hive/gateway-runtime\` ${versionOf('@graphql-hive/gateway-runtime')})`,
  cells: [
    [{ how: 'by POST', run: answersQueries(startHive) }],
    [{ how: '`_entities`', run: joinsEntities(startHive) }],
    [{ how: '`apq` in `transportEntries`, which must not be combined with subscriptions', run: persists(startHive) }],
    [{ how: 'over server-sent events, with entities', run: subscribesThroughHive }],
    [{ how: '`responseCaching`', run: caches(startCachingHive) }],
  ],
};
