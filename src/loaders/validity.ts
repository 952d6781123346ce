import type { Report } from '../domain/report.ts';

/** How long an answer is valid. */
export interface Holding {
  /** When the first part of the answer stops being fresh, in monotonic milliseconds of this process; infinite if none ever does. */
  readonly freshUntil: number;
  /** When the newest observation in the answer was made, RFC 3339 in UTC; `null` if it has no observation. */
  readonly newestObservedAt: string | null;
}

/** Determines how long the response to one request is valid. */
export interface Validity {
  /** Records that the response contains a list. */
  readList(): void;
  /** Records a report about availability. `freshMs` is how long an observation is fresh, in milliseconds. */
  readReport(report: Report, freshMs: number): void;
  /** Records that the response contains something that may change at any moment, such as the status of the source. */
  readMoment(): void;
  /**
   * Returns the validity; `null` if the response must not be cached: it is incomplete, stale, may change at any moment, or contains
   * no data of RunPod.
   */
  sum(): Holding | null;
}

/**
 * Creates a validity for a response without content. `listsFreshUntil` returns when both lists stop being fresh, in the same unit.
 */
export function createValidity(listsFreshUntil: () => number): Validity {
  let keepable = true;
  let hasList = false;
  let freshUntil: number | null = null;
  let newestObservedAt: string | null = null;
  let newestAskedAt = Number.NEGATIVE_INFINITY;

  const lower = (until: number) => {
    freshUntil = Math.min(freshUntil ?? until, until);
  };

  return {
    readList() {
      hasList = true;
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
      if (hasList) lower(listsFreshUntil());
      return keepable && freshUntil !== null ? { freshUntil, newestObservedAt } : null;
    },
  };
}
