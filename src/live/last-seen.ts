import { changeOf, type Difference, findDifferences, kindOf, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope, ObservedCell } from '../domain/observation.ts';

/** Cells that were not seen for longer are forgotten, in milliseconds: RunPod has given them up. */
export const FORGOTTEN_AFTER_MS = 86_400_000;

/** GPU types and pod sizes that are remembered: several times what RunPod has. */
export const MAX_SCOPES = 5000;

/** Each cell as it was last observed, however old that may be by now and whether it may be served or not. */
export interface LastSeen {
  /**
   * Returns how the cells of an observation differ from what was last seen of each, and notes them. A cell that was asked for before
   * what was last seen is ignored: it is no news.
   */
  see(scope: ObservationScope, cells: readonly Cell[]): readonly Difference[];
  /** The cells of one GPU type and pod size, by data center id. */
  of(scope: ObservationScope): ReadonlyMap<string, SeenCell>;
}

/** Nothing was seen yet. */
export function createLastSeen(): LastSeen {
  const byScope = new Map<string, Map<string, SeenCell>>();
  return {
    of: (scope) => byScope.get(nameOf(scope)) ?? new Map<string, SeenCell>(),
    see(scope, cells) {
      const name = nameOf(scope);
      const seen = byScope.get(name) ?? new Map<string, SeenCell>();
      // The latest last.
      byScope.delete(name);
      byScope.set(name, seen);
      const [longestUnseen] = byScope.keys();
      if (byScope.size > MAX_SCOPES && longestUnseen !== undefined) byScope.delete(longestUnseen);
      const news = notOlder(cells, seen);
      const differences = findDifferences(scope, seen, news);
      see(seen, news);
      return differences;
    },
  };
}

const nameOf = ({ gpuType, gpuCount }: ObservationScope): string => `${gpuCount} ${gpuType.id}`;

/** The cells that failed, or were asked for no earlier than what was last seen of them. */
export const notOlder = (cells: readonly Cell[], seen: ReadonlyMap<string, SeenCell>): readonly Cell[] =>
  cells.filter(
    (cell) =>
      cell.failure !== null ||
      (seen.get(cell.dataCenterId)?.latest.askedAt ?? Number.NEGATIVE_INFINITY) <= cell.askedAt,
  );

/** Adds what was observed to what was seen, by data center id. */
export function see(seen: Map<string, SeenCell>, cells: readonly Cell[]): void {
  const observed = cells.filter((cell): cell is ObservedCell => cell.failure === null);
  for (const cell of observed) {
    const known = seen.get(cell.dataCenterId);
    const before = known === undefined || kindOf(known.latest, cell) !== null ? {} : known.bySource;
    const isShown = known === undefined || changeOf(known, cell) !== null;
    seen.set(cell.dataCenterId, {
      latest: cell,
      bySource: { ...before, [cell.source]: cell },
      shownPrice: isShown ? cell.onDemandPrice : known.shownPrice,
    });
  }
  forgetOld(seen, observed);
}

function forgetOld(seen: Map<string, SeenCell>, [newest]: readonly ObservedCell[]): void {
  if (newest === undefined) return;
  const oldest = newest.askedAt - FORGOTTEN_AFTER_MS;
  for (const [id, { latest }] of seen) if (latest.askedAt < oldest) seen.delete(id);
}
