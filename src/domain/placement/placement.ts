import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import { type Coverage, summarise } from '../report.ts';
import type { Row } from '../row.ts';
import type { Freshness, TypeRows } from '../type-rows.ts';
import type { Needs } from './needs.ts';
import { isOption, obstacleOfDataCenter, obstacleOfGpuType } from './obstacles.ts';
import { compareOptions, type Preference } from './option-order.ts';
import { type Pod, podSizeOf } from './pod-size.ts';

/** A search for pods: the client's needs, the preferred order, and the lists of all GPU types and data centers. */
export interface PlacementQuery {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
  readonly needs: Needs;
  readonly preference: Preference;
}

/** The pods and data centers that a client's needs allow, before stock and prices are checked. */
export interface Candidates {
  readonly pods: readonly Pod[];
  readonly dataCenters: readonly DataCenter[];
}

/**
 * The result of a search for pods: the pods that meet the client's needs and can be created now. It also tells how complete and how fresh
 * the data behind this result is.
 */
export interface Placement {
  /** The suitable pods, one row for each pod and data center, the best first. */
  readonly options: readonly Row[];
  readonly coverage: Coverage;
  readonly freshness: Freshness;
}

/** Returns the stock and prices of a pod in several data centers, one row for each data center. Returns `null` if they are not known. */
export type RowsOf = (pod: Pod) => TypeRows | null;

/** Returns the pods and data centers that a client's needs allow. If no GPU type or no data center is allowed, both lists are empty. */
export function candidatesOf(query: Omit<PlacementQuery, 'preference'>): Candidates {
  const { dataCenters, needs } = query;
  const places = needs.ofDataCenter.length === 0 ? dataCenters : dataCenters.filter((one) => isPlace(one, needs));
  const pods = places.length === 0 ? [] : podsOf(query);
  return { pods, dataCenters: pods.length === 0 ? [] : places };
}

/** Returns one pod for each GPU type that the needs allow. The needs for the data center are ignored. */
export const podsOf = ({ gpuTypes, needs }: Pick<PlacementQuery, 'gpuTypes' | 'needs'>): readonly Pod[] =>
  gpuTypes
    .filter((gpuType) => obstacleOfGpuType(gpuType, needs) === null)
    .map((gpuType) => ({ gpuType, gpuCount: podSizeOf(gpuType, needs) }));

const isPlace = (dataCenter: DataCenter, needs: Needs) => obstacleOfDataCenter(dataCenter, needs) === null;

/**
 * Creates the result of a search for pods. `typeRows` has one element for each pod in `pods`, in the same order. Each element contains the
 * rows of this pod in all candidate data centers.
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
