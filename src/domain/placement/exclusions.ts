import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { ReportedFailure, TypeRows } from '../type-rows.ts';
import { obstacleOfDataCenter, obstacleOfGpuType, obstacleOfRow } from './obstacles.ts';
import type { PlacementQuery, RowsOf } from './placement.ts';
import { type Pod, podSizeOf } from './pod-size.ts';
import type { Obstacle, Reason } from './reason.ts';

/** A cell that is no option; all cells of the GPU type if `dataCenter` is `null`. */
export interface Exclusion extends Obstacle {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  /** The number of GPUs on the pod; `null` if the reason applies to every number. */
  readonly gpuCount: number | null;
}

/**
 * Returns everything that is no option, in the order of the lists. If all cells of a GPU type have the same reason, they have one entry
 * together. `rowsOf` returns the rows of a candidate pod in the candidate data centers.
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

/** Returns why the cell of a data center could not be observed. */
const failureOf = (typeRows: TypeRows | null, dataCenter: DataCenter): ReportedFailure | undefined =>
  typeRows?.failures.find((one) => one.dataCenter === null || one.dataCenter === dataCenter);

/** The message if a reason applies to all cells of a GPU type. Reasons that are not listed here keep the message of the first cell. */
const EVERYWHERE: Partial<Readonly<Record<Reason, string>>> = {
  OTHER_DATA_CENTER: 'No data center has what was needed.',
  OUT_OF_STOCK: 'RunPod reports no stock in any data center.',
  STOCK_TOO_LOW: 'The stock is too low in every data center.',
  NO_PRICE: 'RunPod quotes no price in any data center.',
  TOO_EXPENSIVE: 'It costs too much in every data center.',
};

/** Replaces the cells of one GPU type by a single entry if they are all cells and all have the same reason. */
function mergeEqual(cells: number, excluded: readonly Exclusion[]): readonly Exclusion[] {
  const [first] = excluded;
  if (first === undefined || excluded.length < cells) return excluded;
  if (excluded.some(({ reason }) => reason !== first.reason)) return excluded;
  return [{ ...first, dataCenter: null, message: EVERYWHERE[first.reason] ?? first.message }];
}
