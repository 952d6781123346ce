import type { Observation } from '../domain/observation.ts';

/**
 * How many cells are fresh, stale and failed. Counts the cells of all observations that the gateway has recently loaded, or tried to load.
 */
export interface CellCounts {
  /** The number of fresh cells. */
  readonly fresh: number;
  readonly stale: number;
  readonly failed: number;
  /**
   * The time at which the oldest answer that may still be served was requested, in monotonic milliseconds of this process. It is infinite
   * if there is no such answer.
   */
  readonly oldestAskedAt: number;
}

/**
 * Counts the cells of the cached observations. The cache reports each observation to this object, because the entries of the cache cannot
 * be listed.
 */
export interface CacheStatistics {
  /** Call this for each observation that was stored. `recall` must return the observation as it is served at the moment of the call. */
  loaded(key: string, recall: () => Observation): void;
  /**
   * Call this when an observation could not be loaded. If no earlier load of this observation is recorded, its `cells` cells count as
   * failed.
   */
  failed(key: string, cells: number): void;
  readonly count: () => CellCounts;
}

interface Entry {
  readonly triedAt: number;
  readonly cells: number;
  /** Returns the observation as it is served now; `null` if the observation was never loaded. */
  readonly recall: (() => Observation) | null;
}

/**
 * Creates empty statistics. They forget an observation if neither `loaded` nor `failed` is called for it for `forgetAfterMs` milliseconds.
 * `now` returns monotonic milliseconds of this process.
 */
export function createCacheStatistics(forgetAfterMs: number, now: () => number): CacheStatistics {
  const entries = new Map<string, Entry>();

  /**
   * Removes the entries that are too old. The oldest entries come first in the map, because an entry that is set again moves to the end.
   */
  function forgetOld(): void {
    for (const [key, { triedAt }] of entries) {
      if (now() - triedAt < forgetAfterMs) return;
      entries.delete(key);
    }
  }

  function enter(key: string, entry: Omit<Entry, 'triedAt'>): void {
    forgetOld();
    entries.delete(key);
    entries.set(key, { ...entry, triedAt: now() });
  }

  return {
    loaded: (key, recall) => enter(key, { cells: 0, recall }),
    failed: (key, cells) => enter(key, { cells, recall: entries.get(key)?.recall ?? null }),
    count() {
      const counts = { fresh: 0, stale: 0, failed: 0 };
      let oldestAskedAt = Number.POSITIVE_INFINITY;
      forgetOld();
      for (const { cells, recall } of entries.values()) {
        if (recall === null) counts.failed += cells;
        else oldestAskedAt = Math.min(oldestAskedAt, tally(recall(), counts));
      }
      return { ...counts, oldestAskedAt };
    },
  };
}

/**
 * Adds the cells of an observation to `counts`. Returns the time at which the oldest of its observed cells was requested, or infinity if
 * all cells failed.
 */
function tally({ cells }: Observation, counts: { fresh: number; stale: number; failed: number }): number {
  let oldestAskedAt = Number.POSITIVE_INFINITY;
  for (const cell of cells) {
    if (cell.failure !== null) counts.failed += 1;
    else {
      counts[cell.stale ? 'stale' : 'fresh'] += 1;
      oldestAskedAt = Math.min(oldestAskedAt, cell.askedAt);
    }
  }
  return oldestAskedAt;
}
