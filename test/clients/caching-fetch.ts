import { Agent, interceptors, fetch as undiciFetch } from 'undici';
import { expect } from 'vitest';
import { startObserved } from './observed-gateway.ts';

/**
 * Sends a query twice through an HTTP cache, each time with a new client. Expects that the cache, and not the gateway, answers the second
 * query. Before these two queries, sends the query `warmUps` times.
 */
export async function expectCached(
  ask: (url: string, fetch: typeof globalThis.fetch) => Promise<unknown>,
  warmUps = 0,
): Promise<void> {
  await using gateway = await startObserved();
  const dispatcher = new Agent().compose(interceptors.cache());
  const fetch = ((url: string, init: object) =>
    undiciFetch(url, { ...init, dispatcher })) as unknown as typeof globalThis.fetch;
  for (let count = 0; count < warmUps; count += 1) await ask(gateway.url, fetch);
  const first = await ask(gateway.url, fetch);
  const { length } = gateway.requests;
  expect(length).toBeGreaterThan(0);
  expect(await ask(gateway.url, fetch)).toEqual(first);
  expect(gateway.requests.slice(length)).toEqual([]);
  await dispatcher.close();
}
