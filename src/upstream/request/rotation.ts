import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';

/**
 * Decides which client gets the next slot, so that all clients take turns. A time is not in milliseconds here: it is the number of an
 * event. Each event has a higher number than the previous event.
 */
export interface Rotation {
  /** Counts an event. Returns its number, which serves as the current time. */
  tick(): number;
  /**
   * Returns the turn of a task: its rank in the order of the queue. The task with the lowest turn starts next. The turn is the time at
   * which a task of the same client last started. If no task of that client has started, the turn is `cameAt`, the arrival of this task. If
   * a task belongs to several clients, the lowest of their turns counts.
   */
  turnOf(demand: Demand, cameAt: number): number;
  /** Records that a task of `demand` starts now. Of the clients of `demand`, moves the one with the lowest turn to the end of the order. */
  started(demand: Demand, cameAt: number): void;
}

/**
 * Creates a rotation: the order in which clients get slots. The client that was served longest ago comes first. So a request of a client
 * with few requests starts before the next request of a client with hundreds of requests. A new client comes after the clients that already
 * wait, so none of them waits forever. A client is forgotten when its object is garbage-collected.
 */
export function createRotation(): Rotation {
  const servedAt = new WeakMap<Client, number>();
  let time = 0;

  const tick = () => {
    time += 1;
    return time;
  };

  /** Returns the client of `demand` whose turn is lowest (see `turnOf`), and that turn. */
  function firstOf(
    { clients }: Demand,
    cameAt: number,
  ): { readonly client: Client | undefined; readonly turn: number } {
    let first: Client | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const client of clients) {
      const turn = servedAt.get(client) ?? cameAt;
      if (turn >= lowest) continue;
      first = client;
      lowest = turn;
    }
    return { client: first, turn: lowest };
  }

  return {
    tick,
    turnOf: (demand, cameAt) => firstOf(demand, cameAt).turn,
    started(demand, cameAt) {
      const { client } = firstOf(demand, cameAt);
      if (client !== undefined) servedAt.set(client, tick());
    },
  };
}
