import type { HourlyPrice } from '../observation.ts';
import { type NeedName, type Needs, namesOf, without } from './needs.ts';
import { isOption } from './obstacles.ts';
import { type Candidates, candidatesOf, type PlacementQuery, podsOf, type RowsOf } from './placement.ts';
import type { Pod } from './pod-size.ts';

/** A need that alone prevents options, and the options that there would be without it. */
export interface Relaxation {
  readonly need: NeedName;
  readonly options: number;
  /** The lowest price per pod among these options; `null` if none of them has a price. */
  readonly cheapest: HourlyPrice | null;
}

/**
 * Returns the needs without each of which there would be more than `totalCount` options, the need with the most options first. Needs that
 * `podsToRelax` leaves out have no relaxation. `rowsOf` returns the rows of a pod in all data centers. Cells that could not be observed, and
 * pods without rows, do not count as options.
 */
export function relaxationsOf(query: PlacementQuery, totalCount: number, rowsOf: RowsOf): readonly Relaxation[] {
  return relaxedQueries(query)
    .map((relaxed) => relax(relaxed, rowsOf))
    .filter(({ options }) => options > totalCount)
    .toSorted((a, b) => b.options - a.options || (a.need < b.need ? -1 : 1));
}

/** The query without one of its needs. */
interface RelaxedQuery extends Candidates {
  readonly need: NeedName;
  readonly needs: Needs;
}

/** Returns the query without each of its needs, if this does not lead to pods of further sizes. */
function relaxedQueries(query: PlacementQuery): readonly RelaxedQuery[] {
  const sizes = new Set(podsOf(query).map(({ gpuCount }) => gpuCount));
  return namesOf(query.needs)
    .map((need) => {
      const needs = without(query.needs, need);
      return { need, needs, ...candidatesOf({ ...query, needs }) };
    })
    .filter(({ pods }) => pods.every(({ gpuCount }) => sizes.has(gpuCount)));
}

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

/**
 * Returns the pods whose rows `relaxationsOf` needs, each once: for each need, the candidates of the query without this need. A need is left
 * out if the query without it has pods of sizes that the query itself does not have, because they would cause further upstream requests.
 */
export function podsToRelax(query: PlacementQuery): readonly Pod[] {
  const byType = new Map<Pod['gpuType'], Map<number, Pod>>();
  for (const pod of relaxedQueries(query).flatMap(({ pods }) => pods)) {
    const bySize = byType.get(pod.gpuType) ?? new Map<number, Pod>();
    byType.set(pod.gpuType, bySize.set(pod.gpuCount, pod));
  }
  return [...byType.values()].flatMap((bySize) => [...bySize.values()]);
}
