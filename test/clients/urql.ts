import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client, type ClientOptions, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { type DocumentNode, Kind } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { expect, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CheapestGpusDocument } from '../../examples/clients/operations.generated.ts';
import { expectCached } from './caching-fetch.ts';
import { expectEvent, startObserved } from './observed-gateway.ts';
import { CHEAPEST, CHEAPEST_FILE, IN_PARTS, WATCH_L4 } from './operations.ts';
import { type Row, versionOf } from './support-table.ts';

const createClient = (url: string, options: Partial<ClientOptions> = {}) =>
  new Client({ url, exchanges: [cacheExchange, fetchExchange], ...options });

async function ask(client: Client, document: DocumentNode = CheapestGpusDocument): Promise<unknown> {
  const { data, error } = await client.query(document, CHEAPEST).toPromise();
  expect(error).toBeUndefined();
  expect(data.gpuAvailability.nodes).toHaveLength(CHEAPEST.first);
  return data;
}

/** Returns a document that has an id and no text, as generators of persisted operations create it. */
async function persistedDocument(file: string): Promise<DocumentNode> {
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return { kind: Kind.DOCUMENT, definitions: [], documentId: `sha256:${hash}` } as DocumentNode;
}

function watch(client: Client, onChange: (change: unknown) => void): () => void {
  const subscription = client
    .subscription(WATCH_L4, {})
    .subscribe(({ data }) => onChange(data?.gpuAvailabilityChanged));
  return () => subscription.unsubscribe();
}

type ForwardSubscription = Parameters<typeof subscriptionExchange>[0]['forwardSubscription'];

/** Creates a urql client whose subscriptions use another client, `transport`, such as the client of graphql-sse. */
function createForwardingClient(url: string, transport: SubscribingClient): Client {
  const forwardSubscription: ForwardSubscription = ({ query = '', variables }) => ({
    subscribe: (sink) => ({
      unsubscribe: transport.subscribe({ query, variables: variables as Record<string, unknown> }, sink),
    }),
  });
  return createClient(url, {
    exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })],
  });
}

/** The interface that the clients of graphql-sse and graphql-ws have in common. */
interface SubscribingClient {
  subscribe(
    request: { readonly query: string; readonly variables: Record<string, unknown> },
    sink: { next(result: unknown): void; error(error: unknown): void; complete(): void },
  ): () => void;
}

export const URQL: Row = {
  name: `urql (\`@urql/core\` ${versionOf('@urql/core')})`,
  cells: [
    [
      {
        how: 'by GET, and by POST with `preferGetMethod: false`',
        async run() {
          await using gateway = await startObserved();
          await ask(createClient(gateway.url));
          await ask(createClient(gateway.url, { preferGetMethod: false }));
          expect(gateway.requests).toEqual([expect.stringMatching(/^GET /), 'POST /graphql']);
        },
      },
    ],
    [
      {
        how: '`documentId`, in production builds',
        async run() {
          // urql accepts a document without a text only in production.
          vi.stubEnv('NODE_ENV', 'production');
          onTestFinished(() => void vi.unstubAllEnvs());
          await using gateway = await startObserved({ PERSISTED_ONLY: 'true' });
          await ask(createClient(gateway.url), await persistedDocument(CHEAPEST_FILE));
        },
      },
    ],
    [
      {
        how: '`fetchExchange`',
        async run() {
          await using gateway = await startObserved();
          const { data, error } = await createClient(gateway.url).query(IN_PARTS, {}).toPromise();
          expect(error).toBeUndefined();
          expect(gateway.contentTypes).toEqual([expect.stringMatching(/^multipart\/mixed|^text\/event-stream/)]);
          expect(data.gpuAvailability.totalCount).toBe(data.gpuAvailability.nodes.length);
        },
      },
    ],
    [
      {
        how: '`fetchSubscriptions` over server-sent events',
        run: () =>
          expectEvent(/^text\/event-stream/, (url, onChange) =>
            watch(createClient(url, { fetchSubscriptions: true }), onChange),
          ),
      },
      {
        how: '`subscriptionExchange` with graphql-sse',
        run: () =>
          expectEvent(/^text\/event-stream/, (url, onChange) =>
            watch(createForwardingClient(url, createSseClient({ url })), onChange),
          ),
      },
      {
        how: '`subscriptionExchange` with graphql-ws',
        run: () =>
          expectEvent(null, (url, onChange) => {
            const transport = createWebSocketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
            const leave = watch(createForwardingClient(url, transport), onChange);
            return async () => {
              leave();
              await transport.dispose();
            };
          }),
      },
    ],
    [
      {
        how: 'by GET',
        run: () => expectCached((url, fetch) => ask(createClient(url, { fetch }))),
      },
    ],
  ],
};
