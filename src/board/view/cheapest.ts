import type { Cell, Cells } from '../state/cell.ts';
import type { GpuType } from '../state/lists.ts';
import type { Matrix } from './matrix.ts';
import { compareOffers, type SummariseRow } from './row-stock.ts';

/** The cheapest cell of a GPU type, with its price. */
export interface Offer extends NonNullable<Cell['onDemandPrice']> {
  readonly gpuType: GpuType;
  readonly cell: Cell;
}

/**
 * Returns at most `max` offers, the cheapest first, and at most one for each GPU type of the matrix. If cells have the same price, the cell
 * with more stock wins.
 */
export function cheapestOffers(
  { rows }: Pick<Matrix, 'rows'>,
  cells: Cells,
  summariseRow: SummariseRow,
  max: number,
): readonly Offer[] {
  return rows
    .flatMap(({ gpuType }): Offer | readonly [] => {
      const { cheapest } = summariseRow(cells.get(gpuType.id));
      return cheapest?.onDemandPrice == null ? [] : { gpuType, cell: cheapest, ...cheapest.onDemandPrice };
    })
    .toSorted((a, b) => compareOffers(a.cell, b.cell))
    .slice(0, max);
}
