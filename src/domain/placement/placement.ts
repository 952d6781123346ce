import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import { type Coverage, summarise } from '../report.ts';
import type { Row } from '../row.ts';
import type { Freshness, TypeRows } from '../type-rows.ts';
import type { Needs } from './needs.ts';
import { isOption, obstacleOfDataCenter, obstacleOfGpuType } from './obstacles.ts';
import { compareOptions, type Preference } from './option-order.ts';
import { type Pod, podSizeOf } from './pod-size.ts';

/** A client's needs, and the lists of all GPU types and data centers. */
export interface PlacementQuery {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
  readonly needs: Needs;
  readonly preference: Preference;
}

/**
 * The pods and data centers that the needs do not exclude. Which of them are options depends on the stock and prices that RunPod reports.
 */
export interface Candidates {
  readonly pods: readonly Pod[];
  readonly dataCenters: readonly DataCenter[];
}

/**
 * The answer to a placement query: the options, which are the pods that meet the needs and can be created now, and the coverage and
 * freshness of the observations that were examined.
 */
export interface Placement {
  /** The rows of all options, the best option first. */
  readonly options: readonly Row[];
  readonly coverage: Coverage;
  readonly freshness: Freshness;
}

/** Returns the rows of a pod in some data centers; `null` if the rows are not known. */
export type RowsOf = (pod: Pod) => TypeRows | null;

/**
 * Returns the pods and data centers that the needs of a query do not exclude. If all GPU types or all data centers are excluded, both lists
 * are empty.
 */
export function candidatesOf(query: Omit<PlacementQuery, 'preference'>): Candidates {
  const { dataCenters, needs } = query;
  const places = needs.ofDataCenter.length === 0 ? dataCenters : dataCenters.filter((one) => isPlace(one, needs));
  const pods = places.length === 0 ? [] : podsOf(query);
  return { pods, dataCenters: pods.length === 0 ? [] : places };
}

/** Returns a pod for each GPU type that the needs do not exclude. The needs for the data center are ignored. */
export const podsOf = ({ gpuTypes, needs }: Pick<PlacementQuery, 'gpuTypes' | 'needs'>): readonly Pod[] =>
  gpuTypes
    .filter((gpuType) => obstacleOfGpuType(gpuType, needs) === null)
    .map((gpuType) => ({ gpuType, gpuCount: podSizeOf(gpuType, needs) }));

const isPlace = (dataCenter: DataCenter, needs: Needs) => obstacleOfDataCenter(dataCenter, needs) === null;

/**
 * Creates the answer to a query. `typeRows` contains the rows of each candidate pod in all candidate data centers, in the order of `pods`.
 */
export function createPlacement(
  { needs, preference }: Pick<PlacementQuery, 'needs' | 'preference'>,
  { pods, dataCenters }: Candidates,
  typeRows: readonly TypeRows[],
): Placement {
  const options = typeRows.flatMap(({ available }) => available.filter((row) => isOption(row, needs)));
  const expected = pods.length * dataCenters.length;
  return { options: options.toSorted(compareOptions(preference)), ...summarise(expected, typeRows) };
}
