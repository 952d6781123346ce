import type { Client } from '../domain/client.ts';

/** The clients of a load. A client that waits several times is counted each time. */
export interface WaitingClients {
  add(clients: readonly Client[]): void;
  remove(clients: readonly Client[]): void;
  /** In the order of arrival, at most a hundred clients. */
  readonly all: readonly Client[];
}

/**
 * The limit exists because all clients are examined whenever a slot is free. A load with so many clients gets its turn soon in any case.
 */
const MAX_CLIENTS = 100;

/** Creates the collection, without clients. */
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
