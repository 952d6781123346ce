import type { HourlyPrice } from '../observation.ts';
import { type NeedName, namesOf, without } from './needs.ts';
import { candidatesOf, isOption, type PlacementQuery, podsOf, type RowsOf } from './placement.ts';
import type { Pod } from './pod-size.ts';

/** A need without which there would be more options, and the number of options that there would be. */
export interface Relaxation {
  readonly need: NeedName;
  readonly options: number;
  /** The lowest price per pod among these options; `null` if none of them has a price. */
  readonly cheapest: HourlyPrice | null;
}

/**
 * Returns the relaxations of a query, the one with the most options first. Each need is dropped on its own, and is returned if there are
 * then more than `totalCount` options. A need is left out if this number is not known because `rowsOf` returns `null` for a pod. `rowsOf`
 * must return the rows of a pod in all data centers.
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
 * Returns the pods whose rows must be loaded before `relaxationsOf` is called. These are, for each need, the candidates that the query would
 * have without this need. Only pods of sizes that the query itself has are returned, because other sizes would cause further upstream
 * requests. If the candidates without a need include a pod of another size that is not known (`isKnown`), the need has no relaxation, so
 * none of its candidates are returned for it. Each pod is returned once.
 */
export function podsToRelax(query: PlacementQuery, isKnown: (pod: Pod) => boolean): readonly Pod[] {
  const sizes = new Set(podsOf(query).map(({ gpuCount }) => gpuCount));
  const found = new Map<string, Pod>();
  for (const need of namesOf(query.needs)) {
    const { pods } = candidatesOf({ ...query, needs: without(query.needs, need) });
    if (!pods.every((pod) => sizes.has(pod.gpuCount) || isKnown(pod))) continue;
    for (const pod of pods) if (sizes.has(pod.gpuCount)) found.set(`${pod.gpuCount} ${pod.gpuType.id}`, pod);
  }
  return [...found.values()];
}
