import type { Failure } from './failures.ts';
import type { BoardCellsQuery } from './graphql/graphql.ts';

/** An answer about some of the GPU types. */
export type Part = NonNullable<BoardCellsQuery['gpuAvailability']>;

/** How far all parts together can be trusted. */
export interface Summary {
  readonly expected: number;
  readonly observed: number;
  readonly failures: readonly Failure[];
  /** The oldest and the newest observation among the cells; null when there is none. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** Sums up what the gateway said of each part. */
export function summarise(parts: readonly Part[]): Summary {
  const sum = (amount: (part: Part) => number) => parts.reduce((total, part) => total + amount(part), 0);
  const oldest = parts.flatMap(({ freshness }) => freshness.observedAt ?? []).toSorted(byInstant);
  const newest = parts.flatMap(({ freshness }) => freshness.newestObservedAt ?? []).toSorted(byInstant);
  return {
    expected: sum(({ coverage }) => coverage.expected),
    observed: sum(({ coverage }) => coverage.observed),
    failures: parts.flatMap(({ coverage }) => coverage.failures),
    oldest: oldest[0] ?? null,
    newest: newest.at(-1) ?? null,
  };
}

const byInstant = (a: string, b: string): number => Date.parse(a) - Date.parse(b);
