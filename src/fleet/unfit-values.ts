import type { Logger } from 'pino';

/** What the replicas of a gateway keep in Redis or send over it. */
export type SharedKind = 'answer' | 'seen' | 'change' | 'lease' | 'refusal';

/** Values from Redis that are from the future, or do not have the shape that this release writes. They were treated as absent. */
export interface UnfitValues {
  /** Counts one. `name` says which it was: its key, or the id of its entry. */
  readonly count: (kind: SharedKind, name: string) => void;
  /** How many there were since the start. */
  readonly totals: () => Readonly<Record<SharedKind, number>>;
}

/** Logs the first value of each kind: another release, or a stranger, may write many. */
export function createUnfitValues(log: Logger): UnfitValues {
  const totals: Record<SharedKind, number> = { answer: 0, seen: 0, change: 0, lease: 0, refusal: 0 };
  return {
    totals: () => totals,
    count(kind, name) {
      totals[kind] += 1;
      if (totals[kind] > 1) return;
      log.warn(
        { kind, name },
        'a value in Redis has an unexpected shape or a time in the future, and is ignored; does another program write there, or does a clock differ?',
      );
    },
  };
}
