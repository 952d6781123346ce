import type { HourlyPrice } from '../observation.ts';
import { type NeedName, type Needs, namesOf, without } from './needs.ts';
import { isOption } from './obstacles.ts';
import { type Candidates, candidatesOf, type PlacementQuery, type RowsOf } from './placement.ts';

/** A need that alone prevents options, and the options that there would be without it. */
export interface Relaxation {
  readonly need: NeedName;
  readonly options: number;
  /** The lowest price per pod among these options; `null` if none of them has a price. */
  readonly cheapest: HourlyPrice | null;
}

/** A query without one of its needs. Its candidates may be options. */
export interface RelaxedQuery extends Candidates {
  readonly need: NeedName;
  readonly needs: Needs;
}

/** Returns the query without each of its needs. */
export const relaxedQueries = (query: PlacementQuery): readonly RelaxedQuery[] =>
  namesOf(query.needs).map((need) => {
    const needs = without(query.needs, need);
    return { need, needs, ...candidatesOf({ ...query, needs }) };
  });

/**
 * Returns the needs without each of which there would be more than `totalCount` options, the need with the most options first. `rowsOf`
 * returns the rows of a pod in all data centers. Cells that could not be observed do not count as options.
 */
export const relaxationsOf = (
  queries: readonly RelaxedQuery[],
  totalCount: number,
  rowsOf: RowsOf,
): readonly Relaxation[] =>
  queries
    .map((relaxed) => relax(relaxed, rowsOf))
    .filter(({ options }) => options > totalCount)
    .toSorted((a, b) => b.options - a.options || (a.need < b.need ? -1 : 1));

function relax({ need, needs, pods, dataCenters }: RelaxedQuery, rowsOf: RowsOf): Relaxation {
  const places = new Set(dataCenters);
  let options = 0;
  let cheapest: HourlyPrice | null = null;
  for (const pod of pods) {
    for (const row of rowsOf(pod)?.available ?? []) {
      if (!places.has(row.dataCenter) || !isOption(row, needs)) continue;
      options += 1;
      cheapest = cheaper(cheapest, row.onDemandPrice);
    }
  }
  return { need, options, cheapest };
}

function cheaper(a: HourlyPrice | null, b: HourlyPrice | null): HourlyPrice | null {
  if (a === null || b === null) return a ?? b;
  return b.perPod < a.perPod ? b : a;
}
