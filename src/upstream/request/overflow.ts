import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';

/** A task that waits in the queue, or is about to enter it. */
export interface WaitingTask {
  readonly demand: Demand;
  /** The client whose request budget the task is charged to. */
  readonly payer: Client;
}

/**
 * Chooses the waiting task that a full lane (the queue of one source) rejects, so that `newcomer` may enter. Returns `undefined` if
 * `newcomer` itself must be rejected. There are two kinds of tasks: awaited tasks, and background renewals, which no client waits for.
 * - If `newcomer` is awaited and a renewal waits in the lane, a renewal is rejected.
 * - Otherwise, only a task of the same kind as `newcomer` may be rejected. This happens only if another client has more tasks of this kind
 *   than the newcomer's client would have.
 * The rejected task belongs to the client with the most tasks of the kind in question. Of this client's tasks, the newest one that no other
 * client needs is rejected. If other clients need all of them, the newest one is rejected.
 */
export function chooseRejected<T extends WaitingTask>(waiting: readonly T[], newcomer: WaitingTask): T | undefined {
  if (newcomer.demand.awaited) {
    const renewals = waiting.filter(({ demand }) => !demand.awaited);
    const heaviestOfThem = heaviest(count(renewals));
    if (heaviestOfThem !== undefined) return newestOf(renewals, heaviestOfThem[0]);
  }
  const peers = waiting.filter(({ demand }) => demand.awaited === newcomer.demand.awaited);
  const counts = count(peers);
  const most = heaviest(counts);
  if (most === undefined) return undefined;
  const [client, tasks] = most;
  return tasks > (counts.get(newcomer.payer) ?? 0) + 1 ? newestOf(peers, client) : undefined;
}

/** Returns the number of tasks that are charged to each client. */
function count(waiting: readonly WaitingTask[]): ReadonlyMap<Client, number> {
  const counts = new Map<Client, number>();
  for (const { payer } of waiting) counts.set(payer, (counts.get(payer) ?? 0) + 1);
  return counts;
}

function heaviest(counts: ReadonlyMap<Client, number>): readonly [Client, number] | undefined {
  let most: readonly [Client, number] | undefined;
  for (const entry of counts) if (most === undefined || entry[1] > most[1]) most = entry;
  return most;
}

function newestOf<T extends WaitingTask>(waiting: readonly T[], client: Client): T | undefined {
  const own = waiting.filter(({ payer }) => payer === client);
  return own.findLast(({ demand }) => demand.clients.every((other) => other === client)) ?? own.at(-1);
}
