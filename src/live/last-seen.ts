import { changeOf, type Difference, findDifferences, kindOf, type SeenCell } from '../domain/change.ts';
import type { Cell, ObservationScope, ObservedCell } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';

/**
 * How long a cell (one GPU type in one data center, for one pod size) is remembered after its last observation, in milliseconds. If a cell
 * was not observed for this long, the gateway assumes that RunPod has retired it.
 */
export const FORGOTTEN_AFTER_MS = 86_400_000;

/** The maximum number of remembered combinations of GPU type and pod size. RunPod has far fewer. */
export const MAX_SCOPES = 5000;

/** Remembers the last observation of each cell (one GPU type in one data center, for one pod size), even if it is too old to be served. */
export interface LastSeen {
  /**
   * Records an observation, which has one cell for each data center. Returns how each cell differs from its last recorded observation.
   * Ignores a cell whose observation is older than the last one recorded for it.
   */
  see(scope: ObservationScope, cells: readonly Cell[]): readonly Difference[];
  /** Returns the last recorded cells of one GPU type and pod size, by data center id. */
  of(scope: ObservationScope): ReadonlyMap<string, SeenCell>;
}

/** Creates an empty record. */
export function createLastSeen(): LastSeen {
  const byScope = new Map<string, Map<string, SeenCell>>();
  return {
    of: (scope) => byScope.get(nameOfObservation(scope)) ?? new Map<string, SeenCell>(),
    see(scope, cells) {
      const name = nameOfObservation(scope);
      const seen = byScope.get(name) ?? new Map<string, SeenCell>();
      // Deleting an entry and adding it again moves it to the end of the map. So the first entry is the least recently observed one, which
      // is forgotten first.
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

/** Returns `cells` without the cells that are older than their last recorded observation. Failed cells are not removed. */
export const notOlder = (cells: readonly Cell[], seen: ReadonlyMap<string, SeenCell>): readonly Cell[] =>
  cells.filter(
    (cell) =>
      cell.failure !== null ||
      (seen.get(cell.dataCenterId)?.latest.askedAt ?? Number.NEGATIVE_INFINITY) <= cell.askedAt,
  );

/** Records the observed cells in `seen`, a map by data center id. Ignores failed cells. */
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
