import type { Observation } from '../domain/observation.ts';

/** What is known, in cells of the observations that were loaded of late. */
export interface Stocktaking {
  readonly fresh: number;
  readonly stale: number;
  readonly failed: number;
  /** When the oldest answer that may still be served was asked for, on the steady scale of this process; infinite without one. */
  readonly oldestAskedAt: number;
}

/** Keeps the book of what is in the cache, since a cache cannot be listed. */
export interface Inventory {
  /** To be told of each observation that was kept. `recall` tells what is known of it at a later moment. */
  loaded(key: string, recall: () => Observation): void;
  /** To be told of each observation that could not be had, of so many cells. */
  failed(key: string, cells: number): void;
  readonly take: () => Stocktaking;
}

interface Entry {
  readonly triedAt: number;
  readonly cells: number;
  /** `null` when nothing was ever known. */
  readonly recall: (() => Observation) | null;
}

/** Counts observations. One is forgotten when it was not loaded for `forgetAfterMs`. `now` returns milliseconds on a steady scale. */
export function createInventory(forgetAfterMs: number, now: () => number): Inventory {
  const entries = new Map<string, Entry>();

  /** In the order of loading: an entry that is set anew goes to the end. */
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
    take() {
      const count = { fresh: 0, stale: 0, failed: 0 };
      let oldestAskedAt = Number.POSITIVE_INFINITY;
      forgetOld();
      for (const { cells, recall } of entries.values()) {
        if (recall === null) count.failed += cells;
        else oldestAskedAt = Math.min(oldestAskedAt, tally(recall(), count));
      }
      return { ...count, oldestAskedAt };
    },
  };
}

/** Counts the cells of an observation. Returns when the oldest of them was asked for; infinite when none was observed. */
function tally({ cells }: Observation, count: { fresh: number; stale: number; failed: number }): number {
  let oldestAskedAt = Number.POSITIVE_INFINITY;
  for (const cell of cells) {
    if (cell.failure !== null) count.failed += 1;
    else {
      count[cell.stale ? 'stale' : 'fresh'] += 1;
      oldestAskedAt = Math.min(oldestAskedAt, cell.askedAt);
    }
  }
  return oldestAskedAt;
}
