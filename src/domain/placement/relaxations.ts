import type { HourlyPrice } from '../observation.ts';
import { type NeedName, type Needs, namesOf, without } from './needs.ts';
import { isOption } from './obstacles.ts';
import { type Candidates, candidatesOf, type PlacementQuery, type RowsOf } from './placement.ts';

/** The effect of removing one of the client's needs: the number of suitable pods without this need, and their lowest price. */
export interface Relaxation {
  readonly need: NeedName;
  readonly options: number;
  /** The lowest price of a suitable pod after this need is removed; `null` if none of the suitable pods has a price. */
  readonly cheapest: HourlyPrice | null;
}

/** A search from which one need (`need`) was removed: the remaining needs, and the pods and data centers that they allow. */
export interface RelaxedQuery extends Candidates {
  readonly need: NeedName;
  readonly needs: Needs;
}

/** For each need of the search, returns the search without that need. */
export const relaxedQueries = (query: PlacementQuery): readonly RelaxedQuery[] =>
  namesOf(query.needs).map((need) => {
    const needs = without(query.needs, need);
    return { need, needs, ...candidatesOf({ ...query, needs }) };
  });

/**
 * Returns the needs whose removal would give more than `totalCount` suitable pods. The need whose removal gives the most pods comes first.
 * `rowsOf` returns the rows of a pod in all data centers.
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
