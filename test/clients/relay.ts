import { createClient } from 'graphql-ws';
import {
  type Environment,
  fetchQuery,
  getSingularSelector,
  Observable,
  requestSubscription,
  type SubscribeFunction,
} from 'relay-runtime';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { expectEvent, startObserved } from './observed-gateway.ts';
import { CHEAPEST, type InParts } from './operations.ts';
import { createEnvironment, sendForParts, sendId, sendText } from './relay-network.ts';
import { compileWithRelay } from './relay-project.ts';
import { type Row, versionOf } from './support-table.ts';

/** Resolves to the last result, which contains the complete data, when all parts have arrived. */
const lastOf = (results: Observable<unknown>) =>
  new Promise<InParts>((resolve, reject) => {
    let last: unknown;
    results.subscribe({
      next: (data) => {
        last = data;
      },
      complete: () => resolve(last as InParts),
      error: reject,
    });
  });

async function expectRows(environment: Environment, query: Parameters<typeof fetchQuery>[1]): Promise<void> {
  const data = (await fetchQuery(environment, query, CHEAPEST).toPromise()) as InParts;
  expect(data.gpuAvailability.nodes).toHaveLength(CHEAPEST.first);
}

export const RELAY: Row = {
  name: `Relay ${versionOf('relay-runtime')}`,
  cells: [
    [
      {
        how: 'compiled against `/schema.graphql`',
        async run() {
          await using gateway = await startObserved();
          await using project = await compileWithRelay(`${gateway.origin}/schema.graphql`, { isPersisted: false });
          await expectRows(createEnvironment(sendText(gateway.url)), await project.operation('cheapestQuery'));
        },
      },
    ],
    [
      {
        how: '`persistConfig` with SHA256, sent as `documentId`',
        async run() {
          await using gateway = await startObserved();
          await using project = await compileWithRelay(`${gateway.origin}/schema.graphql`, { isPersisted: true });
          const operation = await project.operation('cheapestQuery');
          expect(operation.params.text).toBeNull();
          const ask = async (texts: Readonly<Record<string, string>>) =>
            expectRows(createEnvironment(sendId(gateway.url, texts)), operation);
          await ask(await project.persistedTexts());
          await ask({});
        },
      },
    ],
    [
      {
        how: 'a network layer that reads multipart',
        async run() {
          await using gateway = await startObserved();
          await using project = await compileWithRelay(`${gateway.origin}/schema.graphql`, { isPersisted: false });
          const environment = createEnvironment(sendForParts(gateway.url));
          const data = await lastOf(fetchQuery(environment, await project.operation('partsQuery'), {}));
          expect(gateway.contentTypes.at(-1)).toMatch(/^multipart\/mixed/);
          const selector = getSingularSelector(await project.fragment('partsTotals'), data.gpuAvailability);
          if (selector == null) throw new Error('the fragment is not selected');
          expect(environment.lookup(selector).data).toEqual({ totalCount: data.gpuAvailability.nodes.length });
        },
      },
    ],
    [
      {
        how: 'graphql-ws',
        run: () =>
          expectEvent(null, async (url, onChange) => {
            await using project = await compileWithRelay(new URL('/schema.graphql', url).href, { isPersisted: false });
            const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
            const subscribe: SubscribeFunction = ({ name, text }, variables) =>
              Observable.create((sink) =>
                client.subscribe({ operationName: name, query: text ?? '', variables }, sink as never),
              );
            const { dispose } = requestSubscription(createEnvironment(sendText(url), subscribe), {
              subscription: await project.operation('newsSubscription'),
              variables: {},
              onNext: (data) => onChange((data as { gpuAvailabilityChanged: object }).gpuAvailabilityChanged),
            });
            return async () => {
              dispose();
              await client.dispose();
            };
          }),
      },
    ],
    'depends on the network layer',
  ],
};
