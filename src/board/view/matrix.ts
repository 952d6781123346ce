import type { Region } from '../graphql/graphql.ts';
import { type Cell, type Cells, cellKey } from '../state/cell.ts';
import { type DataCenter, type GpuType, type Lists, regionsOf } from '../state/lists.ts';
import type { Filters } from './filters.ts';

/** A row of the table. */
export interface MatrixRow {
  readonly gpuType: GpuType;
  /**
   * US dollars per GPU per hour: the lowest price among the available cells of the row, or the list price of the GPU type if there is no
   * such price.
   */
  readonly price: number | null;
}

/** The columns of one region. */
export interface ColumnGroup {
  readonly region: Region;
  readonly dataCenters: readonly DataCenter[];
}

/** How many of the GPU types or data centers that match the filters have something in stock. */
export interface StockCount {
  readonly inStock: number;
  /** How many may have something in stock: no cell is known to have stock, and some cells are unknown. */
  readonly unknown: number;
  readonly total: number;
}

/** The rows and columns of the table. */
export interface Matrix {
  readonly rows: readonly MatrixRow[];
  readonly groups: readonly ColumnGroup[];
  readonly gpuTypes: StockCount;
  readonly dataCenters: StockCount;
}

/**
 * Returns the rows and columns that match the filters, in the chosen order. Rows and columns without stock are left out, unless the filters
 * include them. A row or column with an unknown cell stays, because it may have stock. If a maximum price is set, cells above it do
 * not count as rentable, and GPU types above it or without a price are left out.
 */
export function createMatrix(lists: Lists, cells: Cells, filters: Filters): Matrix {
  const matchingCenters = lists.dataCenters.filter(({ region }) => (filters.region ?? region) === region);
  const rowCells = ({ id }: GpuType) => matchingCenters.map((dataCenter) => cells.get(cellKey(id, dataCenter.id)));
  const matchingRows = lists.gpuTypes
    .filter((gpuType) => matchesFilters(gpuType, filters))
    .map((gpuType) => ({ gpuType, price: priceOf(gpuType, rowCells(gpuType)) }))
    .filter(({ price }) => filters.maxPrice === null || (price !== null && price <= filters.maxPrice));
  const columnCells = ({ id }: DataCenter) => matchingRows.map(({ gpuType }) => cells.get(cellKey(gpuType.id, id)));

  const rowStock = matchingRows.map(({ gpuType }) => isAnyRentable(rowCells(gpuType), filters.maxPrice));
  const columnStock = matchingCenters.map((dataCenter) => isAnyRentable(columnCells(dataCenter), filters.maxPrice));
  const isShown = (stock: boolean | null | undefined) => filters.includeUnavailable || stock !== false;
  const columns = matchingCenters.filter((_, index) => isShown(columnStock[index]));
  return {
    rows: matchingRows.filter((_, index) => isShown(rowStock[index])).toSorted(comparisonOf(filters)),
    groups: regionsOf({ ...lists, dataCenters: columns }).map((region) => ({
      region,
      dataCenters: columns.filter((dataCenter) => dataCenter.region === region),
    })),
    gpuTypes: countStock(rowStock),
    dataCenters: countStock(columnStock),
  };
}

/** Whether any of these cells is rentable; null if that is unknown. */
function isAnyRentable(cells: readonly (Cell | undefined)[], maxPrice: number | null): boolean | null {
  if (cells.some((cell) => cell !== undefined && isRentable(cell, maxPrice))) return true;
  return cells.every(isKnown) ? false : null;
}

function countStock(stock: readonly (boolean | null)[]): StockCount {
  const count = (value: boolean | null) => stock.filter((each) => each === value).length;
  return { inStock: count(true), unknown: count(null), total: stock.length };
}

/** Whether it is known if a cell has stock. */
export const isKnown = (cell: Cell | undefined): boolean => cell !== undefined && cell.available !== null;

/** Whether a cell is available for at most `maxPrice` dollars per GPU per hour. */
export function isRentable({ available, onDemandPrice }: Cell, maxPrice: number | null): boolean {
  if (available !== true) return false;
  return maxPrice === null || (onDemandPrice !== null && onDemandPrice.perGpu <= maxPrice);
}

function matchesFilters({ displayName, id, manufacturer, memoryGb }: GpuType, filters: Filters): boolean {
  return (
    matchesName(filters.gpu, [displayName, id]) &&
    (filters.manufacturer ?? manufacturer) === manufacturer &&
    (filters.minMemoryGb === null || (memoryGb !== null && memoryGb >= filters.minMemoryGb))
  );
}

/** Whether each word of `text`, in any order, is part of one of the names. Case, white space and hyphens are ignored. */
function matchesName(text: string, names: readonly string[]): boolean {
  const joined = names.map((name) => name.toLowerCase().replace(/[\s-]/g, ''));
  const words = text.toLowerCase().split(/[\s-]+/);
  return words.every((word) => joined.some((name) => name.includes(word)));
}

function priceOf({ securePrice }: GpuType, cells: readonly (Cell | undefined)[]): number | null {
  const prices = cells.flatMap((cell) =>
    cell?.available === true && cell.onDemandPrice !== null ? [cell.onDemandPrice.perGpu] : [],
  );
  return prices.length > 0 ? Math.min(...prices) : securePrice;
}

/**
 * Returns a function that compares rows by the chosen column. Rows without a value in that column come last in either direction. Rows with
 * equal values are sorted by name.
 */
function comparisonOf({ sort, descending }: Filters): (a: MatrixRow, b: MatrixRow) => number {
  const byName = (a: MatrixRow, b: MatrixRow) => a.gpuType.displayName.localeCompare(b.gpuType.displayName, 'en');
  if (sort === 'name') return descending ? (a, b) => byName(b, a) : byName;
  const rankOf = ({ gpuType, price }: MatrixRow) => (sort === 'memory' ? gpuType.memoryGb : price);
  return (a, b) => {
    const [first, second] = [rankOf(a), rankOf(b)];
    if (first === second) return byName(a, b);
    if (first === null) return 1;
    if (second === null) return -1;
    return descending ? second - first : first - second;
  };
}
