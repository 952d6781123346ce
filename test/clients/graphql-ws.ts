import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { CHEAPEST_REQUEST, expectParts, expectRows, watch } from './iterating-clients.ts';
import { expectEvent, startWithWebSockets } from './observed-gateway.ts';
import { CHEAPEST, CHEAPEST_FILE } from './operations.ts';
import { type Row, versionOf } from './support-table.ts';

const createWsClient = (url: string) => createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });

/** Returns a persisted operation as graphql-ws's recipes do: `query` is empty, and the extensions contain the hash of the text. */
const byHash = (text: string) => ({
  query: '',
  variables: CHEAPEST,
  extensions: { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(text).digest('hex') } },
});

export const GRAPHQL_WS: Row = {
  name: `graphql-ws ${versionOf('graphql-ws')}`,
  cells: [
    [
      {
        how: 'over a WebSocket',
        async run() {
          await using gateway = await startWithWebSockets();
          const client = createWsClient(gateway.url);
          await expectRows(client.iterate(CHEAPEST_REQUEST));
          await client.dispose();
        },
      },
    ],
    [
      {
        how: 'the hash in `extensions`',
        async run() {
          await using gateway = await startWithWebSockets({ PERSISTED_ONLY: 'true' });
          const client = createWsClient(gateway.url);
          await expectRows(client.iterate(byHash(await readFile(CHEAPEST_FILE, 'utf8'))));
          await client.dispose();
        },
      },
    ],
    [
      {
        how: 'parts, which the application must merge',
        async run() {
          await using gateway = await startWithWebSockets();
          const client = createWsClient(gateway.url);
          await expectParts(client);
          await client.dispose();
        },
      },
    ],
    [
      {
        how: 'over a WebSocket',
        run: () =>
          expectEvent(null, (url, onChange) => {
            const client = createWsClient(url);
            const leave = watch(client, onChange);
            return async () => {
              await leave();
              await client.dispose();
            };
          }),
      },
    ],
    'not possible over a WebSocket',
  ],
};
