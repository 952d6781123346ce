import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';

/** What a client waits for until `signal` is aborted. `client` is called once, and only if RunPod may have to be asked. */
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
