import type { HourlyPrice } from '../observation.ts';
import { type NeedName, namesOf, without } from './needs.ts';
import { candidatesOf, isOption, type PlacementQuery, podsOf, type RowsOf } from './placement.ts';
import type { Pod } from './pod-size.ts';

/** A need that alone prevents options, and the options that there would be without it. */
export interface Relaxation {
  readonly need: NeedName;
  readonly options: number;
  /** The lowest price per pod among these options; `null` if none of them has a price. */
  readonly cheapest: HourlyPrice | null;
}

/**
 * Returns the needs without each of which there would be more than `totalCount` options, the need with the most options first. A need is
 * left out if `rowsOf`, which returns the rows of a pod in all data centers, does not know all rows that the answer depends on.
 */
export function relaxationsOf(query: PlacementQuery, totalCount: number, rowsOf: RowsOf): readonly Relaxation[] {
  return namesOf(query.needs)
    .flatMap((need) => relax(query, need, rowsOf) ?? [])
    .filter(({ options }) => options > totalCount)
    .toSorted((a, b) => b.options - a.options || (a.need < b.need ? -1 : 1));
}

function relax(query: PlacementQuery, need: NeedName, rowsOf: RowsOf): Relaxation | null {
  const needs = without(query.needs, need);
  const { pods, dataCenters } = candidatesOf({ ...query, needs });
  const places = new Set(dataCenters);
  let options = 0;
  let cheapest: HourlyPrice | null = null;
  for (const pod of pods) {
    const typeRows = rowsOf(pod);
    if (typeRows === null) return null;
    for (const row of typeRows.available) {
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

/**
 * Returns the pods whose rows must be loaded for `relaxationsOf`: for each need, the candidates of the query without it. Only pods of a size
 * that the query itself has are loaded. If the candidates without a need include another size, `isKnown` decides: unless the rows of all
 * these pods are known, the need has no relaxation, and nothing is loaded for it.
 */
export function podsToRelax(query: PlacementQuery, isKnown: (pod: Pod) => boolean): readonly Pod[] {
  const sizes = new Set(podsOf(query).map(({ gpuCount }) => gpuCount));
  return namesOf(query.needs)
    .map((need) => candidatesOf({ ...query, needs: without(query.needs, need) }).pods)
    .filter((pods) => pods.every((pod) => sizes.has(pod.gpuCount) || isKnown(pod)))
    .flatMap((pods) => pods.filter(({ gpuCount }) => sizes.has(gpuCount)));
}
