import { type Cell, isObserved, type Observation } from '../domain/observation.ts';

/**
 * How many cells are fresh, stale and failed. Counts the cells of all observations that the gateway has recently loaded, or tried to load.
 */
export interface CellCounts {
  /** The number of fresh cells. */
  readonly fresh: number;
  /** The number of stale cells whose observation is in demand (see `idle`). */
  readonly stale: number;
  /** The number of failed cells whose observation is in demand (see `idle`). */
  readonly failed: number;
  /**
   * The number of stale or failed cells of observations that are not in demand. If a request finds that some cells of an observation are not
   * fresh, the observation is in demand until it is loaded again, but for five minutes at most.
   */
  readonly idle: number;
  /**
   * When the oldest answer among the cells in `fresh` and `stale` was requested, in monotonic milliseconds of this process; infinite if
   * there is no such cell.
   */
  readonly oldestAskedAt: number;
}

/**
 * Counts the cells of the cached observations. The cache must report each observation to this object, because a cache cannot list its
 * entries.
 */
export interface CacheStatistics {
  /** Call this for each observation that was stored. `recall` must return the observation as it is served at the time of the call. */
  loaded(key: string, recall: () => Observation): void;
  /**
   * Call this when an observation with `cells` cells could not be loaded. If it was never loaded before, all of its cells count as failed,
   * or as idle if the observation is not in demand.
   */
  failed(key: string, cells: number): void;
  /** Call this when an observation was requested and at least one of its cells was not fresh. The observation is then in demand. */
  wanted(key: string): void;
  readonly count: () => CellCounts;
  /** Returns the observations as they are served now. Each contains only its fresh cells. */
  readonly current: () => readonly Observation[];
}

/** How long an observation is in demand after a request for it, in milliseconds. */
const IN_DEMAND_MS = 300_000;

interface Entry {
  readonly triedAt: number;
  readonly cells: number;
  /** Returns the observation as it is served now; `null` if the observation was never loaded. */
  readonly recall: (() => Observation) | null;
  /**
   * When the observation was last requested while at least one of its cells was not fresh. Minus infinity if this has not happened since
   * the observation was loaded.
   */
  wantedAt: number;
}

/**
 * Creates empty statistics. An observation is forgotten `forgetAfterMs` milliseconds after the last call of `loaded` or `failed` for it.
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

  const isInDemand = ({ wantedAt }: Entry): boolean => now() - wantedAt < IN_DEMAND_MS;

  return {
    loaded: (key, recall) => enter(key, { cells: 0, recall, wantedAt: Number.NEGATIVE_INFINITY }),
    failed(key, cells) {
      const { recall = null, wantedAt = Number.NEGATIVE_INFINITY } = entries.get(key) ?? {};
      enter(key, { cells, recall, wantedAt });
    },
    wanted(key) {
      const entry = entries.get(key);
      if (entry !== undefined) entry.wantedAt = now();
    },
    count() {
      const counts = { fresh: 0, stale: 0, failed: 0, idle: 0, oldestAskedAt: Number.POSITIVE_INFINITY };
      forgetOld();
      for (const entry of entries.values()) {
        if (entry.recall === null) counts[isInDemand(entry) ? 'failed' : 'idle'] += entry.cells;
        else for (const cell of entry.recall().cells) add(cell, isInDemand(entry), counts);
      }
      return counts;
    },
    current() {
      forgetOld();
      return [...entries.values()].flatMap((entry) => {
        const observation = entry.recall?.();
        if (observation === undefined) return [];
        return { ...observation, cells: observation.cells.filter((cell) => isObserved(cell) && !cell.stale) };
      });
    },
  };
}

function add(cell: Cell, isInDemand: boolean, counts: { -readonly [Name in keyof CellCounts]: number }): void {
  if (!isObserved(cell)) counts[isInDemand ? 'failed' : 'idle'] += 1;
  else if (cell.stale && !isInDemand) counts.idle += 1;
  else {
    counts[cell.stale ? 'stale' : 'fresh'] += 1;
    counts.oldestAskedAt = Math.min(counts.oldestAskedAt, cell.askedAt);
  }
}
