import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';

/** A task that waits in the queue, or is about to enter it. */
export interface WaitingTask {
  readonly demand: Demand;
  /** The client that pays for the task. */
  readonly payer: Client;
}

/**
 * Chooses the task that a full lane rejects, so that `newcomer` may enter. Returns `undefined` if the newcomer itself must be rejected.
 * Tasks are of two kinds: awaited tasks, and renewals, which no client waits for. An awaited newcomer always displaces a renewal if there
 * is one. Otherwise, the newcomer competes with the tasks of its own kind, and displaces one only if another client pays for more of them
 * than the newcomer's client would. In both cases, the rejected task belongs to the client that pays for the most of these tasks. It is this
 * client's newest task that no other client needs. If other clients need all of its tasks, it is this client's newest task.
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

/** Returns the number of tasks that each client pays for. */
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
