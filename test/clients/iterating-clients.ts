import { print } from 'graphql';
import { expect } from 'vitest';
import { CheapestGpusDocument } from '../../examples/clients/operations.generated.ts';
import { createAnswer, type Payload } from '../support/parts.ts';
import { CHEAPEST, IN_PARTS, type InParts, WATCH_L4 } from './operations.ts';

export const CHEAPEST_REQUEST = { query: print(CheapestGpusDocument), variables: CHEAPEST };

/** A client that returns the results of a request as an async iterator. */
interface IteratingClient {
  iterate(request: { readonly query: string }): AsyncIterableIterator<unknown>;
}

/** Collects all results of a request. These clients do not merge the parts of an answer, so each part is a result. */
async function allOf(results: AsyncIterable<unknown>): Promise<Payload[]> {
  const all: Payload[] = [];
  for await (const result of results) all.push(result as Payload);
  return all;
}

export async function expectRows(results: AsyncIterable<unknown>): Promise<void> {
  const rows = Array.from({ length: CHEAPEST.first }, () => expect.objectContaining({ id: expect.any(String) }));
  expect(await allOf(results)).toEqual([{ data: { gpuAvailability: expect.objectContaining({ nodes: rows }) } }]);
}

export async function expectParts(client: IteratingClient): Promise<void> {
  const results = await allOf(client.iterate({ query: IN_PARTS }));
  expect(results.length).toBeGreaterThan(1);
  const answer = createAnswer();
  for (const result of results) answer.add(result);
  const { totalCount, nodes } = (answer.data() as InParts).gpuAvailability;
  expect(nodes).toHaveLength(totalCount);
}

/** Subscribes to changes of the L4. Returns a function that ends the subscription. */
export function watch(client: IteratingClient, onChange: (change: unknown) => void): () => Promise<unknown> {
  const results = client.iterate({ query: WATCH_L4 });
  void (async () => {
    for await (const result of results)
      onChange((result as { readonly data: { readonly gpuAvailabilityChanged: object } }).data.gpuAvailabilityChanged);
  })();
  return async () => await results.return?.();
}
