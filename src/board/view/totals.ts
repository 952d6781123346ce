import { type Cells, cellKey } from '../state/cell.ts';
import { isRentable, type Matrix } from './matrix.ts';

/** How many cells in stock each row and each column of the matrix has. */
export interface Totals {
  /** The number of data centers that have a GPU type in stock, by GPU type id. */
  readonly byGpuType: ReadonlyMap<string, number>;
  /** The number of GPU types that a data center has in stock, by data center id. */
  readonly byDataCenter: ReadonlyMap<string, number>;
}

/** Counts the cells in stock. Cells above `maxPrice` dollars per GPU per hour do not count. */
export function countTotals(
  { rows, groups }: Pick<Matrix, 'rows' | 'groups'>,
  cells: Cells,
  maxPrice: number | null,
): Totals {
  const dataCenters = groups.flatMap((group) => group.dataCenters);
  const isCounted = (gpuTypeId: string, dataCenterId: string) => {
    const cell = cells.get(cellKey(gpuTypeId, dataCenterId));
    return cell !== undefined && isRentable(cell, maxPrice);
  };
  return {
    byGpuType: new Map(
      rows.map(({ gpuType }) => [gpuType.id, dataCenters.filter(({ id }) => isCounted(gpuType.id, id)).length]),
    ),
    byDataCenter: new Map(
      dataCenters.map(({ id }) => [id, rows.filter(({ gpuType }) => isCounted(gpuType.id, id)).length]),
    ),
  };
}
