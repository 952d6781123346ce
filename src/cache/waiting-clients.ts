import type { Client } from '../domain/client.ts';

/** The clients that wait for a load. A client that was added several times must be removed the same number of times. */
export interface WaitingClients {
  add(clients: readonly Client[]): void;
  remove(clients: readonly Client[]): void;
  /** The clients in the order in which they were added. At most a hundred clients are returned. */
  readonly all: readonly Client[];
}

/**
 * The maximum number of clients that `all` returns. The limit saves CPU time, because all of these clients are examined whenever a request
 * to RunPod can start. A load starts when any of its clients has its turn, so a load with a hundred clients starts soon in any case.
 */
const MAX_CLIENTS = 100;

/** Creates the collection of waiting clients, which is empty at first. */
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
