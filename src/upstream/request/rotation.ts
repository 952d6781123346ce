import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';

/** Makes clients take turns at the slots. Times are event numbers: each event has a higher number than the previous event. */
export interface Rotation {
  /** Counts an event and returns its number as the current time. */
  tick(): number;
  /**
   * Returns the turn of a task that arrived at `cameAt`. The task with the lowest turn starts next. The turn is the time at which a task of
   * the same client last started. If no task of that client has started, the turn is `cameAt`. If a task belongs to several clients, the
   * lowest of their turns counts.
   */
  turnOf(demand: Demand, cameAt: number): number;
  /** Ends the turn of the client whose task starts now. Call this when the task starts. */
  started(demand: Demand, cameAt: number): void;
}

/**
 * Creates a rotation, in which the client whose last turn was longest ago comes first. As a result, a request of an idle client starts
 * before the next request of a client with hundreds of requests. A new client comes after the clients that already wait, so that none of
 * these waits forever. A client is forgotten when its object is garbage-collected.
 */
export function createRotation(): Rotation {
  const servedAt = new WeakMap<Client, number>();
  let time = 0;

  const tick = () => {
    time += 1;
    return time;
  };

  /** Returns the client of `demand` with the lowest turn, and this turn. */
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
