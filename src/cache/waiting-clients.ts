import type { Client } from '../domain/client.ts';

/** The clients of a load, each counted by how often it waits. */
export interface WaitingClients {
  add(clients: readonly Client[]): void;
  remove(clients: readonly Client[]): void;
  /** In the order of their first wish, a hundred at most. */
  readonly all: readonly Client[];
}

/** Each is looked at whenever a slot is free. A load that so many clients wait for gets its turn soon in any case. */
const MAX_CLIENTS = 100;

/** Nobody waits yet. */
export function createWaitingClients(): WaitingClients {
  const counts = new Map<Client, number>();
  let all: readonly Client[] | undefined = [];

  return {
    add(clients) {
      for (const client of clients) {
        const count = counts.get(client) ?? 0;
        counts.set(client, count + 1);
        if (count === 0) all = undefined;
      }
    },
    remove(clients) {
      for (const client of clients) {
        const count = counts.get(client) ?? 0;
        if (count > 1) {
          counts.set(client, count - 1);
        } else {
          counts.delete(client);
          all = undefined;
        }
      }
    },
    get all() {
      all ??= [...counts.keys()].slice(0, MAX_CLIENTS);
      return all;
    },
  };
}
