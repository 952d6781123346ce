import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';

/** Lets clients take turns at the slots. Times are numbers that grow with each event. */
export interface Rotation {
  /** The time of an event that happens now. */
  tick(): number;
  /**
   * The turn of a task that came at `cameAt`; the lowest turn is next. It is the time when a task of the same client was last started,
   * or `cameAt` for a client that none was started for. A task that several clients wait for has the lowest of their turns.
   */
  turnOf(demand: Demand, cameAt: number): number;
  /** Ends the turn of the client whose task starts now. */
  started(demand: Demand, cameAt: number): void;
}

/**
 * The client that was served longest ago is next, so a client that has asked for nothing recently comes before the next request of one
 * with hundreds of them. New clients line up behind those that already wait, which therefore never starve. A client is forgotten with
 * its object.
 */
export function createRotation(): Rotation {
  const servedAt = new WeakMap<Client, number>();
  let time = 0;

  const tick = () => {
    time += 1;
    return time;
  };

  /** The client whose turn it is, and that turn. */
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
