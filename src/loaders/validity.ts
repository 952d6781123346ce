import type { Observation, ObservationKey } from '../domain/observation.ts';
import type { Report } from '../domain/report.ts';

/** The lists and observations that a response was made from. They are compared by identity. */
export interface Sources {
  /** Sorted lists of GPU types or data centers. */
  readonly lists: ReadonlySet<readonly unknown[]>;
  readonly observations: ReadonlyMap<Observation, ObservationKey>;
}

/** How long a response is valid, and what it was made from. */
export interface Holding {
  /**
   * When the response stops being fresh, in monotonic milliseconds of this process; infinite if it never does. This is when the first of
   * its lists and observations stops being fresh.
   */
  readonly freshUntil: number;
  /**
   * The time of RunPod's newest answer about stock in the response, in RFC 3339 and UTC. `null` if the response contains no stock.
   */
  readonly newestObservedAt: string | null;
  /**
   * The lists and observations that the response was made from. The response is outdated as soon as a newer list or observation replaces
   * one of them. `null` if there are too many to remember.
   */
  readonly sources: Sources | null;
}

/** Determines how long the response to one request is valid. */
export interface Validity {
  /** Records that the response was made from a list. */
  readList(list: readonly unknown[]): void;
  /** Records that the response was made from an observation. */
  readObservation(observation: Observation, key: ObservationKey): void;
  /** Records that the response contains an availability report. `freshMs` is how long an observation is fresh, in milliseconds. */
  readReport(report: Pick<Report, 'coverage' | 'freshness'>, freshMs: number): void;
  /** Records that the response contains something that may change at any moment, such as the status of the source. */
  readMoment(): void;
  /**
   * Returns how long the response is valid; `null` if it must not be cached. A response must not be cached if it is incomplete or
   * stale, if it may change at any moment, or if it contains no data from RunPod.
   */
  sum(): Holding | null;
  /** Discards everything that was recorded. Call this before the next event of a subscription. */
  reset(): void;
}

/**
 * The maximum number of observations that are remembered for one response. A response that was made from more observations is not stored
 * for reuse.
 */
const MAX_OBSERVATIONS = 1000;

/**
 * Creates a `Validity` for a response that contains no data yet. `listsFreshUntil` returns when the first of the two lists (GPU types and
 * data centers) will stop being fresh, in monotonic milliseconds of this process.
 */
export function createValidity(listsFreshUntil: () => number): Validity {
  let lists = new Set<readonly unknown[]>();
  let observations = new Map<Observation, ObservationKey>();
  let hasAllSources = true;
  let keepable = true;
  let freshUntil: number | null = null;
  let newestObservedAt: string | null = null;
  let newestAskedAt = Number.NEGATIVE_INFINITY;

  const lower = (until: number) => {
    freshUntil = Math.min(freshUntil ?? until, until);
  };

  return {
    readList(list) {
      lists.add(list);
    },
    readObservation(observation, key) {
      if (observations.size < MAX_OBSERVATIONS) observations.set(observation, key);
      else hasAllSources &&= observations.has(observation);
    },
    readReport({ coverage, freshness }, freshMs) {
      keepable &&= coverage.complete && !freshness.stale;
      if (freshness.observedAt === null) return;
      lower(freshness.oldestAskedAt + freshMs);
      if (freshness.newestAskedAt > newestAskedAt) {
        newestAskedAt = freshness.newestAskedAt;
        newestObservedAt = freshness.newestObservedAt;
      }
    },
    readMoment() {
      keepable = false;
    },
    sum() {
      // The expiry of the lists is read here and not when a list is recorded, because the other list may still have been loading at that
      // time.
      if (lists.size > 0) lower(listsFreshUntil());
      if (!keepable || freshUntil === null) return null;
      return { freshUntil, newestObservedAt, sources: hasAllSources ? { lists, observations } : null };
    },
    reset() {
      lists = new Set();
      observations = new Map();
      hasAllSources = true;
      keepable = true;
      freshUntil = null;
      newestObservedAt = null;
      newestAskedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
