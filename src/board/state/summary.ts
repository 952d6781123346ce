import type { Failure } from './failures.ts';
import type { GpuTypeResponse } from './response.ts';

/** How many cells there are, how many of them are known, and how old their observations are. */
export interface Summary {
  /** How many cells there are. */
  readonly expected: number;
  /** How many cells have an observation. */
  readonly observed: number;
  readonly failures: readonly Failure[];
  /** When the oldest observation was made; null if there is no observation. */
  readonly oldest: string | null;
  /** When the newest observation was made; null if there is no observation. */
  readonly newest: string | null;
}

/** Counts the cells in the latest responses, and finds the oldest and the newest observation. */
export function summarise(responses: readonly GpuTypeResponse[]): Summary {
  let [expected, observed] = [0, 0];
  let oldest: string | null = null;
  let newest: string | null = null;
  for (const { observedAt } of responses.flatMap(({ nodes }) => nodes)) {
    expected += 1;
    if (observedAt === null) continue;
    observed += 1;
    // All times have the same text format, so comparing the texts compares the times.
    if (oldest === null || observedAt < oldest) oldest = observedAt;
    if (newest === null || observedAt > newest) newest = observedAt;
  }
  return { expected, observed, failures: responses.flatMap(({ failures }) => failures), oldest, newest };
}
