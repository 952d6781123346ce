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
 * Returns the cheapest offers, in ascending order of price: at most one for each GPU type of the matrix, and at most `max` in all. Of two
 * cells with the same price, the one with more stock comes first.
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
