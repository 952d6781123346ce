import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';

/** Something that waits. */
interface Waiting {
  readonly demand: Demand;
}

/**
 * The task that leaves a full lane so that `newcomer` may enter it, `undefined` when none does. A renewal makes room for a question that
 * somebody waits for. Otherwise the newest task of the client with the most tasks makes room, unless the newcomer's client would then
 * have as many. A task that several clients wait for never makes room.
 */
export function whoLeaves<T extends Waiting>(waiting: readonly T[], newcomer: Demand): T | undefined {
  if (newcomer.awaited) {
    const renewals = waiting.filter(({ demand }) => !demand.awaited);
    if (renewals.length > 0) return newestOf(renewals, heaviest(count(renewals))?.[0]) ?? renewals.at(-1);
  }
  const peers = waiting.filter(({ demand }) => demand.awaited === newcomer.awaited);
  const counts = count(peers);
  const most = heaviest(counts);
  if (most === undefined) return undefined;
  const [client, tasks] = most;
  const own = Math.min(...newcomer.clients.map((one) => counts.get(one) ?? 0));
  return tasks > own + 1 ? newestOf(peers, client) : undefined;
}

/** The only client that a task is for, `undefined` when there are several. */
function soleClientOf({ demand }: Waiting): Client | undefined {
  const [first, ...others] = demand.clients;
  return others.every((other) => other === first) ? first : undefined;
}

/** How many tasks are for each client alone. */
function count(waiting: readonly Waiting[]): ReadonlyMap<Client, number> {
  const counts = new Map<Client, number>();
  for (const task of waiting) {
    const client = soleClientOf(task);
    if (client !== undefined) counts.set(client, (counts.get(client) ?? 0) + 1);
  }
  return counts;
}

function heaviest(counts: ReadonlyMap<Client, number>): readonly [Client, number] | undefined {
  let most: readonly [Client, number] | undefined;
  for (const entry of counts) if (most === undefined || entry[1] > most[1]) most = entry;
  return most;
}

const newestOf = <T extends Waiting>(waiting: readonly T[], client: Client | undefined): T | undefined =>
  client === undefined ? undefined : waiting.findLast((task) => soleClientOf(task) === client);
