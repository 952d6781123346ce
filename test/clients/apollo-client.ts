import { createHash } from 'node:crypto';
import { ApolloClient, type ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { CheapestGpusDocument } from '../../examples/clients/operations.generated.ts';
import { expectCached } from './caching-fetch.ts';
import { expectEvent, startObserved } from './observed-gateway.ts';
import { CHEAPEST, IN_PARTS, type InParts, WATCH_L4 } from './operations.ts';
import { type Proof, type Row, versionOf } from './support-table.ts';

const withLink = (link: ApolloLink) => new ApolloClient({ link, cache: new InMemoryCache() });

async function query(link: ApolloLink): Promise<unknown> {
  const { data } = await withLink(link).query({ query: CheapestGpusDocument, variables: CHEAPEST });
  expect(data?.gpuAvailability?.nodes).toHaveLength(CHEAPEST.first);
  return data;
}

const persisted = (http: HttpLink) =>
  new PersistedQueryLink({
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
    useGETForHashedQueries: true,
  }).concat(http);

const readsParts = (
  name: string,
  incrementalHandler: NonNullable<ApolloClient.Options['incrementalHandler']>,
  contentType: RegExp,
): Proof => ({
  how: `\`${name}\``,
  async run() {
    await using gateway = await startObserved();
    const link = new HttpLink({ uri: gateway.url });
    const client = new ApolloClient({ link, cache: new InMemoryCache(), incrementalHandler });
    const { data } = await client.query<InParts>({ query: gql(IN_PARTS) });
    expect(gateway.contentTypes).toEqual([expect.stringMatching(contentType)]);
    expect(data?.gpuAvailability.totalCount).toBe(data?.gpuAvailability.nodes.length);
  },
});

function watch(link: ApolloLink, onChange: (change: unknown) => void): () => void {
  const client = withLink(link);
  const subscription = client
    .subscribe<{ gpuAvailabilityChanged: object }>({ query: gql(WATCH_L4) })
    .subscribe(({ data }) => onChange(data?.gpuAvailabilityChanged));
  return () => {
    subscription.unsubscribe();
    client.stop();
  };
}

export const APOLLO_CLIENT: Row = {
  name: `Apollo Client ${versionOf('@apollo/client')}`,
  cells: [
    [
      {
        how: '`HttpLink`',
        async run() {
          await using gateway = await startObserved();
          await query(new HttpLink({ uri: gateway.url }));
          expect(gateway.requests).toEqual(['POST /graphql']);
        },
      },
    ],
    [
      {
        how: '`PersistedQueryLink`',
        async run() {
          await using gateway = await startObserved();
          const ask = () => query(persisted(new HttpLink({ uri: gateway.url })));
          await ask();
          const { length } = gateway.requests;
          await ask();
          expect(gateway.requests.slice(length)).toEqual([expect.stringMatching(/^GET .*sha256Hash/)]);
          expect(gateway.requests.at(-1)).not.toContain('query=');
        },
      },
    ],
    [
      readsParts('Defer20220824Handler', new Defer20220824Handler(), /deferSpec=20220824/),
      readsParts('GraphQL17Alpha9Handler', new GraphQL17Alpha9Handler() as never, /incrementalSpec=v0\.2/),
    ],
    [
      {
        how: '`HttpLink` over multipart',
        run: () =>
          expectEvent(/^multipart\/mixed;.*subscriptionSpec/, (uri, onChange) =>
            watch(new HttpLink({ uri }), onChange),
          ),
      },
      {
        how: '`GraphQLWsLink` over a WebSocket',
        run: () =>
          expectEvent(null, async (url, onChange) => {
            const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
            const leave = watch(new GraphQLWsLink(client), onChange);
            return async () => {
              leave();
              await client.dispose();
            };
          }),
      },
    ],
    [
      {
        how: '`PersistedQueryLink` by GET',
        // The warm-up registers the operation by POST. HTTP caches do not store responses to POST, so only the requests after the warm-up
        // can be cached.
        run: () => expectCached((uri, fetch) => query(persisted(new HttpLink({ uri, fetch }))), 1),
      },
    ],
  ],
};
