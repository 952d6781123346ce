import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';

/** Something that waits. */
export interface Waiting {
  readonly demand: Demand;
  /** The client that the task is charged to. */
  readonly payer: Client;
}

/**
 * The task that leaves a full lane so that `newcomer` may enter it, `undefined` when none does. A renewal makes room for a question that
 * somebody waits for. Otherwise the newest task of the client that pays for the most tasks makes room, unless the newcomer's payer would
 * then have as many. Of that client's tasks, one that other clients wait for too leaves last.
 */
export function whoLeaves<T extends Waiting>(waiting: readonly T[], newcomer: Waiting): T | undefined {
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

/** How many tasks each client pays for. */
function count(waiting: readonly Waiting[]): ReadonlyMap<Client, number> {
  const counts = new Map<Client, number>();
  for (const { payer } of waiting) counts.set(payer, (counts.get(payer) ?? 0) + 1);
  return counts;
}

function heaviest(counts: ReadonlyMap<Client, number>): readonly [Client, number] | undefined {
  let most: readonly [Client, number] | undefined;
  for (const entry of counts) if (most === undefined || entry[1] > most[1]) most = entry;
  return most;
}

function newestOf<T extends Waiting>(waiting: readonly T[], client: Client): T | undefined {
  const own = waiting.filter(({ payer }) => payer === client);
  return own.findLast(({ demand }) => demand.clients.every((other) => other === client)) ?? own.at(-1);
}
