import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';

/**
 * Creates a `Demand` for one client, which waits for an answer until `signal` is aborted. `client` returns the client. It is called at most
 * once, and only if a request to RunPod may be needed.
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
