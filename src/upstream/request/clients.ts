import { LRUCache } from 'lru-cache';
import { type Client, createUnlimitedClient } from '../../domain/client.ts';
import { type ClientBudgetOptions, createBudgetedClient } from './client-budget.ts';

/** Returns the client with this name. For `null`, returns the client of all programs on this machine, which has no limit. */
export type FindClient = (name: string | null) => Client;

/**
 * The maximum number of clients that are remembered. The client that was looked up longest ago is forgotten first. A forgotten client
 * starts again with a full budget.
 */
const MAX_CLIENTS = 10_000;

/**
 * Creates a function that returns one client object for each name. The first call with a name creates its object. Clients have no limit
 * when `perMinute` is 0.
 */
export function createClients(options: ClientBudgetOptions): FindClient {
  const local = createUnlimitedClient();
  const clients = new LRUCache<string, Client>({ max: MAX_CLIENTS });
  const create = () => (options.perMinute === 0 ? createUnlimitedClient() : createBudgetedClient(options));

  return (name) => {
    if (name === null) return local;
    const known = clients.get(name);
    if (known !== undefined) return known;
    const client = create();
    clients.set(name, client);
    return client;
  };
}
