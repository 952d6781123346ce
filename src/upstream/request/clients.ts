import { LRUCache } from 'lru-cache';
import { type Client, createUnlimitedClient } from '../../domain/client.ts';
import { type ClientBudgetOptions, createBudgetedClient } from './client-budget.ts';

/** Returns the client with this name. The name `null` stands for all programs on this machine, which share a client without a limit. */
export type FindClient = (name: string | null) => Client;

/**
 * The maximum number of clients that are remembered. The client that was looked up longest ago is forgotten first. A forgotten client
 * starts again with a full budget.
 */
const MAX_CLIENTS = 10_000;

/**
 * Creates a function that returns the client object for a name. The object is created on the first call with this name. If `perMinute` is
 * 0, clients have no limit.
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
