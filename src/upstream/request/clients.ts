import { LRUCache } from 'lru-cache';
import { type Client, createUnlimitedClient } from '../../domain/client.ts';
import { type ClientBudgetOptions, createBudgetedClient } from './client-budget.ts';

/** Returns the client with this name. `null` stands for programs on this machine, which share one client without a limit. */
export type FindClient = (name: string | null) => Client;

/** How many clients are remembered: those that caused requests most recently. A forgotten client starts again with a full budget. */
const MAX_CLIENTS = 10_000;

/** Keeps one client object per name, created when the name first causes a request. Clients have no limit when `perMinute` is 0. */
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
