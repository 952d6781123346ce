import type { Cell, RowCells } from '../state/cell.ts';

/** The stock of one GPU type in the data centers that match the filters. */
export interface RowStock {
  /**
   * The cheapest cell in stock. If several cells have the lowest price, it is the one with the most stock. Null if no cell in stock has a
   * price.
   */
  readonly cheapest: Cell | null;
  /** The ids of the data centers that have the GPU type in stock at the maximum price or below. */
  readonly inStock: readonly string[];
  /** The ids of the data centers whose stock of the GPU type is unknown. */
  readonly unknown: readonly string[];
}

const NO_CELLS: RowCells = new Map();

/** Summarises the cells of a GPU type. `cells` is undefined if none of them has arrived yet. */
export type SummariseRow = (cells: RowCells | undefined) => RowStock;

/** Stock levels in the order in which offers with the same price are sorted. */
const BY_STOCK = ['HIGH', 'MEDIUM', 'LOW', 'UNKNOWN', 'NONE'];

/**
 * Returns a function that summarises cells in these data centers. The function caches the summary of each row, because a change of one cell
 * affects only one row. `maxPrice` is in dollars per GPU per hour; null for no maximum.
 */
export function createSummariseRow(dataCenterIds: readonly string[], maxPrice: number | null): SummariseRow {
  const summaries = new WeakMap<RowCells, RowStock>();
  return (cells = NO_CELLS) => {
    const summary = summaries.get(cells) ?? summarise(cells, dataCenterIds, maxPrice);
    summaries.set(cells, summary);
    return summary;
  };
}

function summarise(cells: RowCells, dataCenterIds: readonly string[], maxPrice: number | null): RowStock {
  let cheapest: Cell | null = null;
  const [inStock, unknown]: [string[], string[]] = [[], []];
  for (const id of dataCenterIds) {
    const cell = cells.get(id)?.cell;
    if (cell === undefined || cell.available === null) unknown.push(id);
    if (cell?.available !== true) continue;
    if (isAffordable(cell, maxPrice)) inStock.push(id);
    if (cell.onDemandPrice !== null && (cheapest === null || compareOffers(cell, cheapest) < 0)) cheapest = cell;
  }
  return { cheapest, inStock, unknown };
}

const isAffordable = ({ onDemandPrice }: Cell, maxPrice: number | null): boolean =>
  maxPrice === null || (onDemandPrice !== null && onDemandPrice.perGpu <= maxPrice);

/** Compares two cells by price, and then by stock. A cell without a price comes last. */
export const compareOffers = (a: Cell, b: Cell): number =>
  (a.onDemandPrice?.perGpu ?? Number.MAX_VALUE) - (b.onDemandPrice?.perGpu ?? Number.MAX_VALUE) ||
  BY_STOCK.indexOf(a.stock) - BY_STOCK.indexOf(b.stock);
