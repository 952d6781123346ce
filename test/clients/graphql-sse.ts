import { createClient } from 'graphql-sse';
import { expect } from 'vitest';
import { CHEAPEST_REQUEST, expectParts, expectRows, watch } from './iterating-clients.ts';
import { expectEvent, startObserved } from './observed-gateway.ts';
import { type Row, versionOf } from './support-table.ts';

export const GRAPHQL_SSE: Row = {
  name: `graphql-sse ${versionOf('graphql-sse')}`,
  cells: [
    [
      {
        how: 'over server-sent events',
        async run() {
          await using gateway = await startObserved();
          await expectRows(createClient({ url: gateway.url }).iterate(CHEAPEST_REQUEST));
          expect(gateway.contentTypes).toEqual([expect.stringMatching(/^text\/event-stream/)]);
        },
      },
    ],
    'not supported by graphql-sse',
    [
      {
        how: 'parts, which the application must merge',
        async run() {
          await using gateway = await startObserved();
          await expectParts(createClient({ url: gateway.url }));
        },
      },
    ],
    [
      {
        how: 'in distinct connections mode',
        run: () => expectEvent(/^text\/event-stream/, (url, onChange) => watch(createClient({ url }), onChange)),
      },
    ],
    'not possible over server-sent events',
  ],
};
