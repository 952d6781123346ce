import type { DataCenter } from '../../domain/data-center.ts';
import type { Observation } from '../../domain/observation.ts';
import type { RowsOf } from '../../domain/placement/placement.ts';
import type { Pod } from '../../domain/placement/pod-size.ts';
import { type TypeRows, toTypeRows } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import type { Subjects } from '../subjects.ts';

/**
 * The pods and data centers whose rows are needed. A row contains the stock and prices of one pod in one data center. `lists` contains all
 * GPU types and data centers, not only those of this scope.
 */
export interface PodScope {
  readonly pods: readonly Pod[];
  readonly dataCenters: readonly DataCenter[];
  readonly lists: Subjects;
}

/**
 * Returns the observation of each pod, in the order of `pods`. An observation contains the stock and prices that RunPod reported. Returns
 * `null` unless all observations are in memory, fresh and complete. Records that the response depends on these observations and on `lists`.
 */
export function findObservations(
  { memory }: Pick<Loaders, 'memory'>,
  { pods, lists }: PodScope,
): readonly Observation[] | null {
  const found = new Map<Pod, Observation>();
  for (const gpuCount of new Set(pods.map((pod) => pod.gpuCount))) {
    const ofSize = pods.filter((pod) => pod.gpuCount === gpuCount);
    const observations = memory.observations(
      ofSize.map(({ gpuType }) => gpuType),
      gpuCount,
      lists,
    );
    if (observations === null) return null;
    for (const [index, pod] of ofSize.entries()) {
      const observation = observations[index];
      if (observation !== undefined) found.set(pod, observation);
    }
  }
  return pods.flatMap((pod) => found.get(pod) ?? []);
}

/**
 * Converts observations to rows. `observations` contains what RunPod reported for each pod, in the order of `pods`. The result has the same
 * order.
 */
export const toPodRows = ({ pods, dataCenters }: PodScope, observations: readonly Observation[]): readonly TypeRows[] =>
  observations.flatMap((observation, index) => {
    const pod = pods[index];
    return pod === undefined ? [] : toTypeRows({ ...pod, dataCenters }, observation);
  });

/**
 * Loads the rows of each pod, in the order of `pods`. If RunPod's data about a pod cannot be obtained, the rows of the pod contain no stock
 * and no prices, and count as failed. Rejects with an `OperationTooComplexError` if the operation would send too many requests to RunPod.
 */
export const loadPodRows = (
  { rowsOfType }: Pick<Loaders, 'rowsOfType'>,
  { pods, dataCenters }: PodScope,
): Promise<readonly TypeRows[]> => Promise.all(pods.map((pod) => rowsOfType({ ...pod, dataCenters })));

/** Returns a function that finds the rows of a pod. `typeRows` contains the rows of each pod, in the order of `pods`. */
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
