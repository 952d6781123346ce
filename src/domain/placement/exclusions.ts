import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { ReportedFailure, TypeRows } from '../type-rows.ts';
import { obstacleOfDataCenter, obstacleOfGpuType, obstacleOfRow } from './obstacles.ts';
import type { PlacementQuery, RowsOf } from './placement.ts';
import { type Pod, podSizeOf } from './pod-size.ts';
import type { Obstacle, Reason } from './reason.ts';

/** A cell that is not an option, and the reason. If `dataCenter` is `null`, the reason applies to all cells of the GPU type. */
export interface Exclusion extends Obstacle {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  /** The number of GPUs on the pod; `null` if the reason does not depend on it. */
  readonly gpuCount: number | null;
}

/**
 * Returns all cells that are not options, in the order of the query's GPU types and data centers. If all cells of a GPU type have the same
 * reason, they are merged into one entry. `rowsOf` must return the rows of each candidate pod in the candidate data centers.
 */
export function exclusionsOf(query: PlacementQuery, rowsOf: RowsOf): readonly Exclusion[] {
  const byDataCenter = query.dataCenters.map(
    (dataCenter) => [dataCenter, obstacleOfDataCenter(dataCenter, query.needs)] as const,
  );
  return query.gpuTypes.flatMap((gpuType): readonly Exclusion[] => {
    const general = obstacleOfGpuType(gpuType, query.needs);
    if (general !== null) return [{ gpuType, dataCenter: null, ...general }];
    const pod = { gpuType, gpuCount: podSizeOf(gpuType, query.needs) };
    return mergeEqual(byDataCenter.length, excludedCells(query, pod, rowsOf(pod), byDataCenter));
  });
}

function excludedCells(
  { needs }: PlacementQuery,
  { gpuType, gpuCount }: Pod,
  typeRows: TypeRows | null,
  byDataCenter: readonly (readonly [DataCenter, Obstacle | null])[],
): readonly Exclusion[] {
  const rows = new Map(typeRows?.rows.map((row) => [row.dataCenter, row]));
  return byDataCenter.flatMap(([dataCenter, obstacle]): readonly Exclusion[] => {
    if (obstacle !== null) return [{ gpuType, dataCenter, gpuCount: null, ...obstacle }];
    const row = rows.get(dataCenter);
    if (row === undefined) throw new Error(`no row for ${gpuType.id} in ${dataCenter.id}`);
    const found = obstacleOfRow(row, needs);
    if (found === null) return [];
    const failure = found.reason === 'NOT_OBSERVED' ? failureOf(typeRows, dataCenter) : undefined;
    return [{ gpuType, dataCenter, gpuCount, ...found, message: failure?.message ?? found.message }];
  });
}

/** Returns the reported reason why the cell of a data center could not be observed. */
const failureOf = (typeRows: TypeRows | null, dataCenter: DataCenter): ReportedFailure | undefined =>
  typeRows?.failures.find((one) => one.dataCenter === null || one.dataCenter === dataCenter);

/**
 * The message for a reason that applies to all cells of a GPU type. For a reason that is missing here, the message of the first cell is
 * used.
 */
const EVERYWHERE: Partial<Readonly<Record<Reason, string>>> = {
  OTHER_DATA_CENTER: 'No data center has what was needed.',
  OUT_OF_STOCK: 'RunPod reports no stock in any data center.',
  STOCK_TOO_LOW: 'The stock is too low in every data center.',
  NO_PRICE: 'RunPod quotes no price in any data center.',
  TOO_EXPENSIVE: 'It costs too much in every data center.',
};

/** Replaces the excluded cells of one GPU type by a single entry if all `cells` of the type are excluded, and all for the same reason. */
function mergeEqual(cells: number, excluded: readonly Exclusion[]): readonly Exclusion[] {
  const [first] = excluded;
  if (first === undefined || excluded.length < cells) return excluded;
  if (excluded.some(({ reason }) => reason !== first.reason)) return excluded;
  return [{ ...first, dataCenter: null, message: EVERYWHERE[first.reason] ?? first.message }];
}
