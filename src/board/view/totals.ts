import { type CellKey, type Cells, cellKey } from '../state/cell.ts';
import { isKnown, isRentable, type Matrix } from './matrix.ts';

/** How many cells in stock each row and each column of the matrix has; null if none of its cells is known. */
export interface Totals {
  /** The number of data centers that have a GPU type in stock, by GPU type id. */
  readonly byGpuType: ReadonlyMap<string, number | null>;
  /** The number of GPU types that a data center has in stock, by data center id. */
  readonly byDataCenter: ReadonlyMap<string, number | null>;
}

/** Counts the cells in stock. Cells above `maxPrice` dollars per GPU per hour do not count. */
export function countTotals(
  { rows, groups }: Pick<Matrix, 'rows' | 'groups'>,
  cells: Cells,
  maxPrice: number | null,
): Totals {
  const dataCenters = groups.flatMap((group) => group.dataCenters);
  const totalOf = (keys: readonly CellKey[]) => {
    const known = keys.flatMap((key) => cells.get(key) ?? []).filter(isKnown);
    return known.length === 0 ? null : known.filter((cell) => isRentable(cell, maxPrice)).length;
  };
  return {
    byGpuType: new Map(
      rows.map(({ gpuType }) => [gpuType.id, totalOf(dataCenters.map(({ id }) => cellKey(gpuType.id, id)))]),
    ),
    byDataCenter: new Map(
      dataCenters.map(({ id }) => [id, totalOf(rows.map(({ gpuType }) => cellKey(gpuType.id, id)))]),
    ),
  };
}
