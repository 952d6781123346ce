import type { Observation } from '../domain/observation.ts';

/** What is known, in cells of the observations that were loaded of late. */
export interface Stocktaking {
  readonly fresh: number;
  readonly stale: number;
  readonly failed: number;
  /** When the oldest answer that may still be served arrived, RFC 3339 in UTC; `null` when there is none. */
  readonly oldestObservedAt: string | null;
}

/** Keeps the book of what is in the cache, since a cache cannot be listed. */
export interface Inventory {
  /**
   * To be told of each load that ended, and how many cells it was about. `recall` tells what is known at a later moment.
   */
  loaded(key: string, cells: number, recall: () => readonly Observation[]): void;
  readonly take: () => Stocktaking;
}

interface Entry {
  readonly loadedAt: number;
  readonly cells: number;
  readonly recall: () => readonly Observation[];
}

/** A book in which an observation stands until nobody has loaded it for `forgetAfterMs`. `now` is in milliseconds since 1970. */
export function createInventory(forgetAfterMs: number, now: () => number): Inventory {
  const entries = new Map<string, Entry>();

  /** In the order of loading: an entry that is set anew goes to the end. */
  function forgetOld(): void {
    for (const [key, { loadedAt }] of entries) {
      if (now() - loadedAt < forgetAfterMs) return;
      entries.delete(key);
    }
  }

  return {
    loaded(key, cells, recall) {
      forgetOld();
      entries.delete(key);
      entries.set(key, { loadedAt: now(), cells, recall });
    },
    take() {
      const count = { fresh: 0, stale: 0, failed: 0 };
      let oldestObservedAt: string | null = null;
      forgetOld();
      for (const { cells, recall } of entries.values()) {
        oldestObservedAt = oldest(oldestObservedAt, tally(recall(), cells, count));
      }
      return { ...count, oldestObservedAt };
    },
  };
}

/** Counts the cells of observations, and tells when the oldest was observed. */
function tally(
  observations: readonly Observation[],
  cells: number,
  count: { fresh: number; stale: number; failed: number },
) {
  if (observations.length === 0) count.failed += cells;
  let oldestObservedAt: string | null = null;
  for (const cell of observations.flatMap((observation) => observation.cells)) {
    if (cell.failure !== null) count.failed += 1;
    else {
      count[cell.stale ? 'stale' : 'fresh'] += 1;
      oldestObservedAt = oldest(oldestObservedAt, cell.observedAt);
    }
  }
  return oldestObservedAt;
}

function oldest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
