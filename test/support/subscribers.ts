import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { CombinedGraphQLErrors, CombinedProtocolErrors } from '@apollo/client/errors';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../../src/http/server.ts';
import { startFakeRunPod } from './fake-runpod.ts';
import { connect, type createGateway } from './gateway.ts';

/** A subscription that selects all tested fields of a change. */
export const WATCH = `subscription ($gpuType: String, $gpuCount: Int! = 1, $region: Region, $filter: GpuAvailabilityFilter, $lastEventId: ID) {
  gpuAvailabilityChanged(gpuType: $gpuType, gpuCount: $gpuCount, region: $region, filter: $filter, lastEventId: $lastEventId) {
    id kind
    before { id gpuType { id } dataCenter { id } gpuCount stock available onDemandPrice { perGpu } spotPrice { perGpu } observedAt stale }
    after { id gpuType { id } dataCenter { id } gpuCount stock available onDemandPrice { perGpu } spotPrice { perGpu } observedAt stale }
  } }`;

/** A row of a change, with the fields that `WATCH` selects. */
export interface ChangedRow {
  readonly id: string;
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
  readonly gpuCount: number;
  readonly stock: string;
  readonly available: boolean;
  readonly onDemandPrice: { readonly perGpu: number } | null;
  readonly spotPrice: { readonly perGpu: number } | null;
  readonly observedAt: string;
}

/** A change, with the fields that `WATCH` selects. */
export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly before: ChangedRow;
  readonly after: ChangedRow;
}

/**
 * A subscriber: the changes and errors that it has received so far, a function that returns how its subscription has ended, and a function
 * that ends it.
 */
export interface Subscriber {
  readonly changes: Change[];
  /** The codes of errors that the subscriber received instead of changes. */
  readonly codes: string[];
  /** Returns 'complete' or an error if the subscription has ended, else `undefined`. */
  readonly end: () => unknown;
  readonly leave: () => void;
}

interface Result {
  readonly data?: { readonly gpuAvailabilityChanged: Change } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

interface Sink {
  next(result: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

function collect(subscribe: (sink: Sink) => () => void): Subscriber {
  const changes: Change[] = [];
  const codes: string[] = [];
  let end: unknown;
  const leave = subscribe({
    next(result) {
      const { data, errors = [] } = result as Result;
      if (data != null) changes.push(data.gpuAvailabilityChanged);
      codes.push(...errors.map(({ extensions }) => extensions?.code ?? 'none'));
    },
    error(error) {
      end = error;
    },
    complete() {
      end ??= 'complete';
    },
  });
  return { changes, codes, end: () => end, leave };
}

/** Subscribes to changes at the endpoint `url` over one of the transports. */
export type Subscribe = (
  url: string,
  variables?: Record<string, unknown>,
  headers?: Record<string, string>,
) => Subscriber;

/** Subscribes with the client of graphql-sse in its distinct connections mode. */
export const overSse: Subscribe = (url, variables = {}, headers = {}) => {
  const client = createSseClient({ url, retryAttempts: 0, headers });
  return collect((sink) => client.subscribe({ query: WATCH, variables }, sink));
};

/** Subscribes with the client of graphql-ws, which sends the headers in `connectionParams`. */
export const overWebSocket: Subscribe = (url, variables = {}, headers = {}) => {
  const client = createWebSocketClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: headers,
  });
  return collect((sink) => client.subscribe({ query: WATCH, variables }, sink));
};

/** Subscribes with Apollo Client and its HttpLink, over a multipart response. */
export const overMultipart: Subscribe = (url, variables = {}, headers = {}) => {
  const client = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache: new InMemoryCache() });
  const watched = client.subscribe({ query: gql(WATCH), variables, fetchPolicy: 'no-cache' });
  return collect((sink) => {
    const subscription = watched.subscribe({
      next({ data, error }) {
        const isExpected = CombinedGraphQLErrors.is(error) || CombinedProtocolErrors.is(error);
        if (error !== undefined && !isExpected) sink.error(error);
        else sink.next({ data: withoutTypes(data), errors: isExpected ? error.errors : [] });
      },
      complete: () => sink.complete(),
    });
    return () => subscription.unsubscribe();
  });
};

/** Removes `__typename`, which Apollo Client adds to each selection. */
const withoutTypes = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data ?? null, (key, value) => (key === '__typename' ? undefined : value)));

/** All ways to subscribe, each with the name of its transport. */
export const TRANSPORTS: readonly (readonly [string, Subscribe])[] = [
  ['server-sent events', overSse],
  ['a WebSocket', overWebSocket],
  ['multipart', overMultipart],
];

/** Makes a gateway listen on a port and keep answers fresh for its subscribers. */
export async function serve(gateway: ReturnType<typeof createGateway>, port = 0) {
  const { listener, log, webSockets, get } = gateway;
  const server = await startServer(listener, { host: '127.0.0.1', port, log, webSockets });
  void gateway.keepFresh();
  return {
    server,
    url: `${server.url}/graphql`,
    /** Resolves to the current value of a metric that has no labels. */
    metric: async (name: string): Promise<number> => {
      const { body } = await get('/metrics');
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
    },
    async [Symbol.asyncDispose]() {
      gateway.stop();
      await server.close(0);
    },
  };
}

/** Starts a gateway on a port, and a stand-in for RunPod whose stock a test can change. The gateway's answers stay fresh for one second. */
export async function openLive(env: Record<string, string> = {}) {
  const runPod = await startFakeRunPod();
  const gateway = connect(runPod.url, { FRESH_SECONDS: '1', ...env });
  const served = await serve(gateway, Number(env['PORT'] ?? 0));
  const { metric } = served;
  return {
    ...gateway,
    ...served,
    runPod,
    /** Waits until there are `count` subscriptions. Then queries `gpuType`, and resolves when the gateway has answered. */
    async subscribed(count: number, gpuType: string | null = 'L4') {
      await expect.poll(() => metric('gpu_gateway_subscriptions'), { timeout: 30_000 + 60 * count }).toBe(count);
      const query = 'query ($gpuType: String) { gpuAvailability(gpuType: $gpuType) { coverage { complete } } }';
      await gateway.ask(query, { gpuType });
    },
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await runPod[Symbol.asyncDispose]();
    },
  };
}
