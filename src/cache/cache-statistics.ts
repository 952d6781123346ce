import type { Observation } from '../domain/observation.ts';

/** The cells of the recently loaded observations. */
export interface CellCounts {
  /** Numbers of cells, by state. */
  readonly fresh: number;
  readonly stale: number;
  readonly failed: number;
  /** When the oldest answer that may still be served was asked for, on the steady scale of this process; infinite if there is none. */
  readonly oldestAskedAt: number;
}

/** Keeps statistics of the cached observations, because the cache itself cannot be enumerated. */
export interface CacheStatistics {
  /** Call this for each observation that was stored. `recall` must return its cells as they are served at the time of the call. */
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
 * Creates statistics that forget an observation when it was not loaded for `forgetAfterMs`. `now` returns milliseconds on a steady
 * scale.
 */
export function createCacheStatistics(forgetAfterMs: number, now: () => number): CacheStatistics {
  const entries = new Map<string, Entry>();

  /** Removes the oldest entries. They come first, because an entry that is set again moves to the end. */
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

/** Adds the cells of an observation to `counts`. Returns when the oldest of them was asked for, or infinity if all failed. */
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
