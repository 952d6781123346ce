import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';

/**
 * The demand of one client, which waits until `signal` is aborted. `client` is called at most once, and only if RunPod may have to
 * be asked.
 */
export function createClientDemand(signal: AbortSignal, client: () => Client): Demand {
  let clients: readonly Client[] | undefined;
  return {
    signal,
    awaited: true,
    get clients() {
      clients ??= [client()];
      return clients;
    },
  };
}
