import type { DataCenter } from '../data-center.ts';
import type { GpuType } from '../gpu-type.ts';
import type { Row } from '../row.ts';
import { STOCK_RANK } from '../row-order.ts';
import type { TypeRows } from '../type-rows.ts';
import type { Needs } from './needs.ts';
import { obstacleOfDataCenter, obstacleOfGpuType, obstacleOfRow } from './obstacles.ts';
import type { PlacementQuery, RowsOf } from './placement.ts';
import { type Pod, podSizeOf } from './pod-size.ts';
import type { Obstacle } from './reason.ts';

/**
 * A cell in which the client's pod cannot be placed, and the reason. If `dataCenter` is `null`, the reason applies to all cells of the GPU
 * type.
 */
export interface Exclusion extends Obstacle {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  /** The number of GPUs on the pod; `null` if the reason does not depend on it. */
  readonly gpuCount: number | null;
}

/**
 * Returns all cells that are not options for the client's needs, in the order of the query's GPU types and data centers. If all cells of a
 * GPU type have the same reason, they are merged into one entry (see `mergeEqual`). `rowsOf` must return the rows of a pod in all data
 * centers that the needs allow.
 */
export function exclusionsOf(query: PlacementQuery, rowsOf: RowsOf): readonly Exclusion[] {
  const byDataCenter = query.dataCenters.map(
    (dataCenter) => [dataCenter, obstacleOfDataCenter(dataCenter, query.needs)] as const,
  );
  return query.gpuTypes.flatMap((gpuType): readonly Exclusion[] => {
    const general = obstacleOfGpuType(gpuType, query.needs);
    if (general !== null) return [{ gpuType, dataCenter: null, ...general }];
    const pod = { gpuType, gpuCount: podSizeOf(gpuType, query.needs) };
    const typeRows = rowsOf(pod);
    const excluded = excludedCells(query, pod, typeRows, byDataCenter);
    return mergeEqual(byDataCenter.length, excluded, typeRows?.rows ?? [], query.needs);
  });
}

function excludedCells(
  { needs }: PlacementQuery,
  { gpuType, gpuCount }: Pod,
  typeRows: TypeRows | null,
  byDataCenter: readonly (readonly [DataCenter, Obstacle | null])[],
): readonly Exclusion[] {
  const rows = new Map(typeRows?.rows.map((row) => [row.dataCenter, row]));
  const failures = new Map(typeRows?.failures.map((failure) => [failure.dataCenter, failure]));
  return byDataCenter.flatMap(([dataCenter, obstacle]): readonly Exclusion[] => {
    if (obstacle !== null) return [{ gpuType, dataCenter, gpuCount: null, ...obstacle }];
    const row = rows.get(dataCenter);
    if (row === undefined) throw new Error(`no row for ${gpuType.id} in ${dataCenter.id}`);
    const found = obstacleOfRow(row, needs);
    if (found === null) return [];
    // A failure without a data center applies to all data centers.
    const failure = found.reason === 'NOT_OBSERVED' ? (failures.get(dataCenter) ?? failures.get(null)) : undefined;
    return [{ gpuType, dataCenter, gpuCount, ...found, message: failure?.message ?? found.message }];
  });
}

/**
 * Merges the excluded cells of one GPU type into a single entry if all cells of the type are excluded for the same reason. `cells` is the
 * number of all cells of the type. Cells that could not be observed are merged only if their messages are the same, too.
 */
function mergeEqual(
  cells: number,
  excluded: readonly Exclusion[],
  rows: readonly Row[],
  needs: Needs,
): readonly Exclusion[] {
  const [first] = excluded;
  if (first === undefined || excluded.length < cells) return excluded;
  const isSame = ({ reason, message }: Exclusion) =>
    reason === first.reason && (reason !== 'NOT_OBSERVED' || message === first.message);
  if (!excluded.every(isSame)) return excluded;
  return [{ ...first, dataCenter: null, message: explainEverywhere(first, rows, needs) }];
}

/** Returns the message for a reason that applies to all cells of a GPU type. */
function explainEverywhere(
  { reason, message }: Obstacle,
  rows: readonly Row[],
  { minStock, maxPricePerHour }: Needs,
): string {
  switch (reason) {
    case 'OTHER_DATA_CENTER':
      return 'No data center has everything that was needed.';
    case 'OUT_OF_STOCK':
      return 'RunPod reports no stock in any data center.';
    case 'STOCK_TOO_LOW': {
      const highest = rows.map(({ stock }) => stock).toSorted((a, b) => rankOf(b) - rankOf(a))[0];
      return `The highest stock level is ${highest}; ${minStock} was needed.`;
    }
    case 'NO_PRICE':
      return `RunPod quotes no price in any data center; at most $${maxPricePerHour} per pod and hour was needed.`;
    case 'TOO_EXPENSIVE': {
      const lowest = Math.min(...rows.flatMap(({ onDemandPrice }) => onDemandPrice?.perPod ?? []));
      return `The lowest price is $${lowest}; at most $${maxPricePerHour} per pod and hour was needed.`;
    }
    default:
      return message;
  }
}

const rankOf = (stock: Row['stock']): number => STOCK_RANK[stock] ?? -1;
