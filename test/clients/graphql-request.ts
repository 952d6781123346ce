import { GraphQLClient } from 'graphql-request';
import { expect } from 'vitest';
import { CheapestGpusDocument } from '../../examples/clients/operations.generated.ts';
import { expectCached } from './caching-fetch.ts';
import { startObserved } from './observed-gateway.ts';
import { CHEAPEST } from './operations.ts';
import { type Row, versionOf } from './support-table.ts';

async function request(client: GraphQLClient): Promise<unknown> {
  const data = await client.request(CheapestGpusDocument, CHEAPEST);
  expect(data.gpuAvailability?.nodes).toHaveLength(CHEAPEST.first);
  return data;
}

/** Creates a client that sends GET requests. Its configuration is the one in the documentation of graphql-request. */
const byGet = (url: string, fetch = globalThis.fetch) =>
  new GraphQLClient(url, { method: 'GET', jsonSerializer: JSON, fetch });

export const GRAPHQL_REQUEST: Row = {
  name: `graphql-request ${versionOf('graphql-request')}`,
  cells: [
    [
      {
        how: 'by POST, and by GET with `method`',
        async run() {
          await using gateway = await startObserved();
          await request(new GraphQLClient(gateway.url));
          await request(byGet(gateway.url));
          expect(gateway.requests).toEqual(['POST /graphql', expect.stringMatching(/^GET /)]);
        },
      },
    ],
    'not supported by graphql-request',
    'not supported by graphql-request',
    'not supported by graphql-request',
    [{ how: 'by GET', run: () => expectCached((url, fetch) => request(byGet(url, fetch))) }],
  ],
};
