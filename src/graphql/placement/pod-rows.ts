import type { DataCenter } from '../../domain/data-center.ts';
import type { RowsOf } from '../../domain/placement/placement.ts';
import type { Pod } from '../../domain/placement/pod-size.ts';
import { type TypeRows, toTypeRows } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import type { Subjects } from '../subjects.ts';

/** The pods and data centers whose rows are needed. `lists` contains all GPU types and data centers, including those of this scope. */
export interface PodScope {
  readonly pods: readonly Pod[];
  readonly dataCenters: readonly DataCenter[];
  readonly lists: Subjects;
}

/** Returns the rows of each pod, in the order of `pods`. Returns `null` if some of the rows are not in memory or not fresh. */
export function findPodRows(
  { memory }: Pick<Loaders, 'memory'>,
  { pods, dataCenters, lists }: PodScope,
): readonly TypeRows[] | null {
  const found: TypeRows[] = [];
  for (const { gpuType, gpuCount } of pods) {
    const [observation] = memory.observations([gpuType], gpuCount, lists) ?? [];
    if (observation === undefined) return null;
    found.push(toTypeRows({ gpuType, dataCenters, gpuCount }, observation));
  }
  return found;
}

/**
 * Loads the rows of each pod, in the order of `pods`. If a pod cannot be observed, its rows are failed rows. Rejects with an
 * `OperationTooComplexError` if the requests to RunPod would exceed the budget.
 */
export const loadPodRows = (
  { rowsOfType }: Pick<Loaders, 'rowsOfType'>,
  { pods, dataCenters }: PodScope,
): Promise<readonly TypeRows[]> => Promise.all(pods.map((pod) => rowsOfType({ ...pod, dataCenters })));

/** Returns a function that finds the rows of a pod. `typeRows` contains the rows of `pods`, in order. */
export function indexRows(pods: readonly Pod[], typeRows: readonly TypeRows[]): RowsOf {
  const index = new Map<Pod['gpuType'], Map<number, TypeRows>>();
  pods.forEach(({ gpuType, gpuCount }, position) => {
    const ofType = index.get(gpuType) ?? new Map<number, TypeRows>();
    const rows = typeRows[position];
    if (rows !== undefined) ofType.set(gpuCount, rows);
    index.set(gpuType, ofType);
  });
  return ({ gpuType, gpuCount }) => index.get(gpuType)?.get(gpuCount) ?? null;
}
