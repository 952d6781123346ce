import { type Cell, type CellKey, type Cells, cellKey } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import { isRentable, type Matrix } from './matrix.ts';

/** The cheapest cell of a GPU type. */
export interface Offer {
  readonly key: CellKey;
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter;
  readonly cell: Cell;
  /** US dollars per GPU per hour. */
  readonly perGpu: number;
  /** US dollars per hour for a pod of the chosen size. */
  readonly perPod: number;
}

/** Stock levels, from the most preferred in an offer to the least preferred. */
const BY_STOCK = ['HIGH', 'MEDIUM', 'LOW', 'UNKNOWN', 'NONE'];

/**
 * Returns at most `max` offers, the cheapest first, and at most one for each GPU type of the matrix. If cells have the same price, the cell
 * with more stock wins.
 */
export function cheapestOffers(matrix: Matrix, cells: Cells, maxPrice: number | null, max: number): readonly Offer[] {
  const dataCenters = matrix.groups.flatMap((group) => group.dataCenters);
  const best = matrix.rows.flatMap(({ gpuType }) => {
    const offers = dataCenters.flatMap((dataCenter) => offerOf(gpuType, dataCenter, cells, maxPrice));
    return offers.toSorted(compare).slice(0, 1);
  });
  return best.toSorted(compare).slice(0, max);
}

function offerOf(gpuType: GpuType, dataCenter: DataCenter, cells: Cells, maxPrice: number | null): Offer[] {
  const key = cellKey(gpuType.id, dataCenter.id);
  const cell = cells.get(key);
  if (cell === undefined || !isRentable(cell, maxPrice) || cell.onDemandPrice === null) return [];
  return [{ key, gpuType, dataCenter, cell, ...cell.onDemandPrice }];
}

const compare = (a: Offer, b: Offer): number =>
  a.perGpu - b.perGpu || BY_STOCK.indexOf(a.cell.stock) - BY_STOCK.indexOf(b.cell.stock);
