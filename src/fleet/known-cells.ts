import { type Difference, findDifferences, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import type { Row } from '../domain/row.ts';
import { MAX_SCOPES, notOlder, see } from '../live/last-seen.ts';
import type { WrittenChange } from './value-shapes.ts';

/**
 * The stock and prices that the subscribers of one replica know. A cell is one GPU type in one data center. Subscribers know the first
 * observation of each cell, and all changes that were sent after it.
 */
export interface KnownCells {
  /** Returns the combinations of GPU type and pod size whose stock and prices subscribers know. */
  readonly scopes: () => readonly ObservationScope[];
  /** Returns the stock and prices of one GPU type and pod size that subscribers know, by data center id. */
  readonly of: (scope: ObservationScope) => ReadonlyMap<string, SeenCell>;
  /** Returns whether at least one of the `cells` differs from its known state and is not older. */
  readonly isNews: (scope: ObservationScope, cells: readonly Cell[]) => boolean;
  /**
   * Replaces the known state of each cell in `cells`, unless the new state is older. Returns the events that tell subscribers the
   * differences.
   */
  readonly update: (scope: ObservationScope, cells: ReadonlyMap<string, SeenCell>) => readonly Difference[];
  /**
   * Applies a change from the stream. Returns the event that informs subscribers of the change, or `null` if they already know the change
   * or have received a later event for the cell.
   */
  readonly take: (change: WrittenChange) => Difference | null;
}

interface Known {
  readonly scope: ObservationScope;
  readonly cells: Map<string, SeenCell>;
  /** When the observation behind the latest event of a cell was requested from RunPod, in monotonic milliseconds, by data center id. */
  readonly sentAt: Map<string, number>;
}

/** Creates the record of what the subscribers of a replica know. At first, they know no stock and no prices. */
export function createKnownCells(): KnownCells {
  const byName = new Map<string, Known>();

  const of = (scope: ObservationScope) => byName.get(nameOfObservation(scope))?.cells ?? new Map<string, SeenCell>();

  /**
   * Returns the entry of a GPU type and pod size. Creates the entry if necessary. Moves it to the end of the map, because a full map drops
   * its first entry.
   */
  function use(scope: ObservationScope): Known {
    const name = nameOfObservation(scope);
    const known = byName.get(name);
    const entry: Known = { scope, cells: known?.cells ?? new Map(), sentAt: known?.sentAt ?? new Map() };
    byName.delete(name);
    byName.set(name, entry);
    const [longestUnused] = byName.keys();
    if (byName.size > MAX_SCOPES && longestUnused !== undefined) byName.delete(longestUnused);
    return entry;
  }

  return {
    of,
    scopes: () => [...byName.values()].map(({ scope }) => scope),
    isNews: (scope, cells) => findDifferences(scope, of(scope), notOlder(cells, of(scope))).length > 0,
    update(scope, cells) {
      const entry = use(scope);
      const news = [...cells.values()].filter(({ latest }) => notOlder([latest], entry.cells).length > 0);
      const latest = news.map((cell) => cell.latest);
      const differences = findDifferences(scope, entry.cells, latest);
      see(entry.cells, latest);
      for (const cell of news)
        if (entry.cells.has(cell.latest.dataCenterId)) entry.cells.set(cell.latest.dataCenterId, cell);
      for (const { after } of differences) {
        const { id } = after.dataCenter;
        entry.sentAt.set(id, entry.cells.get(id)?.latest.askedAt ?? Number.NEGATIVE_INFINITY);
      }
      return differences;
    },
    take({ cell, ...difference }) {
      const { gpuType, gpuCount, dataCenter } = difference.after;
      const ofCell = { gpuType, gpuCount, dataCenters: [dataCenter] };
      const entry = use(byName.get(nameOfObservation(ofCell))?.scope ?? ofCell);
      if ((entry.sentAt.get(dataCenter.id) ?? Number.NEGATIVE_INFINITY) > cell.askedAt) return null;
      const seen = entry.cells.get(dataCenter.id);
      const known = seen && { ...seen.latest, onDemandPrice: seen.shownPrice };
      if (known !== undefined && signatureOf(known) === signatureOf(cell)) return null;
      const isNext = known === undefined || signatureOf(known) === signatureOf(difference.before);
      const needed = isNext ? difference : (findDifferences(ofCell, entry.cells, [cell])[0] ?? difference);
      see(entry.cells, [cell]);
      entry.sentAt.set(dataCenter.id, cell.askedAt);
      return needed;
    },
  };
}

/**
 * Returns a string that contains the values of a cell that matter to subscribers. If two states of a cell have the same string, subscribers
 * see no difference between them.
 */
const signatureOf = ({ stock, onDemandPrice, spotPrice }: Pick<Row, 'stock' | 'onDemandPrice' | 'spotPrice'>): string =>
  `${stock} ${onDemandPrice?.perPod} ${spotPrice?.perPod}`;
