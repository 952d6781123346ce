import type { Logger } from 'pino';

/** The kinds of values that the replicas of a gateway store in Redis or send over it. */
export type SharedKind = 'answer' | 'seen' | 'change' | 'lease' | 'refusal';

/** Counts values from Redis that were ignored, because they have a time in the future, or a shape that this release does not write. */
export interface UnfitValues {
  /** Counts one value. `name` identifies the value or its origin: a key, the id of a stream entry, or a channel. */
  readonly count: (kind: SharedKind, name: string) => void;
  /** Returns the number of ignored values of each kind since this replica started. */
  readonly totals: () => Readonly<Record<SharedKind, number>>;
}

/**
 * Creates the counters. Only the first value of each kind that the gateway cannot use is logged, because another release or another program
 * may write many of them.
 */
export function createUnfitValues(log: Logger): UnfitValues {
  const totals: Record<SharedKind, number> = { answer: 0, seen: 0, change: 0, lease: 0, refusal: 0 };
  return {
    totals: () => totals,
    count(kind, name) {
      totals[kind] += 1;
      if (totals[kind] > 1) return;
      log.warn(
        { kind, name },
        'ignoring a value in Redis that has an unexpected shape or a time in the future: another program may write there, or the clocks of two replicas differ',
      );
    },
  };
}
