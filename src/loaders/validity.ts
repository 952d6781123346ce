import type { Report } from '../domain/report.ts';

/** How long an answer holds. */
export interface Holding {
  /** Until when nothing in it grows old, on the steady scale of this process; infinite for what never does. */
  readonly freshUntil: number;
  /** When the oldest and the newest observation in it were made, RFC 3339 in UTC; `null` when it has none. */
  readonly oldestObservedAt: string | null;
  readonly newestObservedAt: string | null;
}

/** Adds up how long the answer to one request holds. */
export interface Validity {
  /** To be told that a list was read. */
  readList(): void;
  /** To be told of what was answered about availability, and how long an observation is fresh, in milliseconds. */
  readReport(report: Report, freshMs: number): void;
  /** To be told that something was read which may be otherwise at the next moment. */
  readMoment(): void;
  /** `null` when the answer should not be kept: it lacks something, is stale, is of the moment, or tells nothing of ours. */
  sum(): Holding | null;
}

/** Nothing is read yet. `listsFreshUntil` returns until when both lists are fresh, on the same scale. */
export function createValidity(listsFreshUntil: () => number): Validity {
  let keepable = true;
  let hasList = false;
  let freshUntil: number | null = null;
  let oldestObservedAt: string | null = null;
  let oldestAskedAt = Number.POSITIVE_INFINITY;
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
      if (freshness.oldestAskedAt < oldestAskedAt) {
        oldestAskedAt = freshness.oldestAskedAt;
        oldestObservedAt = freshness.observedAt;
      }
      if (freshness.newestAskedAt > newestAskedAt) {
        newestAskedAt = freshness.newestAskedAt;
        newestObservedAt = freshness.newestObservedAt;
      }
    },
    readMoment() {
      keepable = false;
    },
    sum() {
      // Both lists are fetched at once, so until when they are fresh is known at the end.
      if (hasList) lower(listsFreshUntil());
      return keepable && freshUntil !== null ? { freshUntil, oldestObservedAt, newestObservedAt } : null;
    },
  };
}
