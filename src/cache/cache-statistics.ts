import type { Observation } from '../domain/observation.ts';

/** Counts of the cells in observations that were recently loaded or failed to load. */
export interface CellCounts {
  /** The number of cells in each state. */
  readonly fresh: number;
  readonly stale: number;
  readonly failed: number;
  /**
   * When the oldest answer that may still be served was requested, in monotonic milliseconds of this process; infinite if there is no such
   * answer.
   */
  readonly oldestAskedAt: number;
}

/** Keeps statistics of the cached observations, because the cache itself cannot be enumerated. */
export interface CacheStatistics {
  /** Call this for each observation that was stored. Each call of `recall` must return the observation as it is served at that moment. */
  loaded(key: string, recall: () => Observation): void;
  /** Call this for each observation that could not be loaded, with its number of cells. */
  failed(key: string, cells: number): void;
  readonly count: () => CellCounts;
}

interface Entry {
  readonly triedAt: number;
  readonly cells: number;
  /** `null` when the observation was never loaded. */
  readonly recall: (() => Observation) | null;
}

/**
 * Creates statistics. They forget an observation when `loaded` and `failed` were not called for it in the last `forgetAfterMs`
 * milliseconds. `now` returns monotonic milliseconds of this process.
 */
export function createCacheStatistics(forgetAfterMs: number, now: () => number): CacheStatistics {
  const entries = new Map<string, Entry>();

  /** Removes the entries that are too old. They come first in the map, because an entry that is set again moves to the end. */
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

/** Adds the cells of an observation to `counts`. Returns when the oldest observed cell was requested, or infinity if all cells failed. */
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
