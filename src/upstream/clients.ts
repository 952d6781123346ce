import { LRUCache } from 'lru-cache';
import { type Client, createUnlimitedClient } from '../domain/client.ts';
import { type ClientBudgetOptions, createBudgetedClient } from './client-budget.ts';

/** Returns the client of this name; `null` names programs on this machine, which share one client without a limit. */
export type FindClient = (name: string | null) => Client;

/** Clients that are remembered, those that caused requests most recently. A forgotten one starts with a whole budget. */
const MAX_CLIENTS = 10_000;

/** Clients with a budget each; without a limit when `perMinute` is 0. Each is created when it first causes a request. */
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
