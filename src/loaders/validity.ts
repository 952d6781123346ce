import type { GpuType } from '../domain/gpu-type.ts';
import type { Observation } from '../domain/observation.ts';
import type { Report } from '../domain/report.ts';

/** Observations that were read together: one for each of the GPU types, in the same order, for pods of one size. */
export interface ObservationsRead {
  readonly gpuTypes: readonly GpuType[];
  readonly gpuCount: number;
  readonly observations: readonly Observation[];
}

/** The lists and observations that a response was made from. They are compared by identity. */
export interface Sources {
  /** Lists of GPU types or data centers, sorted as clients see them. */
  readonly lists: ReadonlySet<readonly unknown[]>;
  readonly observations: readonly ObservationsRead[];
}

/** How long a response is valid. */
export interface Holding {
  /**
   * When the first part of the response stops being fresh, in monotonic milliseconds of this process; infinite if every part
   * stays fresh.
   */
  readonly freshUntil: number;
  /** When the newest observation in the response was made, RFC 3339 in UTC; `null` if it has no observation. */
  readonly newestObservedAt: string | null;
  /**
   * The lists and observations in the response. The response is outdated once one of them has been replaced. `null` if there are
   * too many to remember.
   */
  readonly sources: Sources | null;
}

/** Determines how long the response to one request is valid. */
export interface Validity {
  /** Records that the response was made from a list. */
  readList(list: readonly unknown[]): void;
  /** Records that the response was made from observations. */
  readObservations(read: ObservationsRead): void;
  /** Records a report about availability. `freshMs` is how long an observation is fresh, in milliseconds. */
  readReport(report: Report, freshMs: number): void;
  /** Records that the response contains something that may change at any moment, such as the status of the source. */
  readMoment(): void;
  /**
   * Returns how long the response is valid; `null` if it must not be cached. A response must not be cached if it is incomplete or
   * stale, if it may change at any moment, or if it contains no data from RunPod.
   */
  sum(): Holding | null;
  /** Forgets everything that was recorded, for the next event of a subscription. */
  reset(): void;
}

/** The most reads of observations that are remembered for one response. Each field of an operation may cause one. */
const MAX_READS = 1000;

/**
 * Creates the validity of a response that contains nothing yet. `listsFreshUntil` returns when the first of the two lists stops
 * being fresh, in monotonic milliseconds of this process.
 */
export function createValidity(listsFreshUntil: () => number): Validity {
  let lists = new Set<readonly unknown[]>();
  let observations: ObservationsRead[] = [];
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
    readObservations(read) {
      if (observations.length < MAX_READS) observations.push(read);
      else hasAllSources = false;
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
      // Both lists are fetched together, so their expiry is known only at the end.
      if (lists.size > 0) lower(listsFreshUntil());
      if (!keepable || freshUntil === null) return null;
      return { freshUntil, newestObservedAt, sources: hasAllSources ? { lists, observations } : null };
    },
    reset() {
      lists = new Set();
      observations = [];
      hasAllSources = true;
      keepable = true;
      freshUntil = null;
      newestObservedAt = null;
      newestAskedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
