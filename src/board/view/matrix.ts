import { alphabetical } from '../format/alphabetical.ts';
import type { Region } from '../graphql/graphql.ts';
import type { Cells } from '../state/cell.ts';
import { type DataCenter, type GpuType, type Lists, regionsOf } from '../state/lists.ts';
import type { Filters } from './filters.ts';
import { createSummariseRow, type RowStock, type SummariseRow } from './row-stock.ts';

/** A row of the table, which is about one GPU type. */
export interface MatrixRow {
  readonly gpuType: GpuType;
  /**
   * The price in US dollars per GPU per hour. It is the lowest price among the available cells of the row. If no cell
   * is available, it is the list price of the GPU type.
   */
  readonly price: number | null;
  /** The number of data centers that have the GPU type in stock; null if the stock is unknown in all of them. */
  readonly total: number | null;
}

/** The columns of one region. */
export interface ColumnGroup {
  readonly region: Region;
  readonly dataCenters: readonly DataCenter[];
}

/** How many of the GPU types or data centers that match the filters have something in stock. */
export interface StockCount {
  readonly inStock: number;
  /** The number of GPU types or data centers that have an unknown cell, and no cell that is known to be in stock. */
  readonly unknown: number;
  readonly total: number;
}

/** The rows and columns of the table. */
export interface Matrix {
  readonly rows: readonly MatrixRow[];
  readonly groups: readonly ColumnGroup[];
  /** The number of GPU types that each data center has in stock, by data center id; null if the stock of all of them is unknown. */
  readonly totals: Readonly<Record<string, number | null>>;
  readonly gpuTypes: StockCount;
  readonly dataCenters: StockCount;
}

/** Returns the data centers that match the filters, in the order of the columns. */
export function matchingCenters(lists: Lists, { region }: Filters): readonly DataCenter[] {
  return regionsOf(lists)
    .filter((one) => (region ?? one) === one)
    .flatMap((one) => lists.dataCenters.filter((dataCenter) => dataCenter.region === one));
}

/** Returns a function that summarises one row of the matrix, within the region and the maximum price of the filters. */
export const summariserFor = (lists: Lists, filters: Filters): SummariseRow =>
  createSummariseRow(
    matchingCenters(lists, filters).map(({ id }) => id),
    filters.maxPrice,
  );

/**
 * Creates the matrix of the rows and columns that match the filters, in the chosen order. Rows and columns without stock are left out,
 * unless the filters include them. A row or column with an unknown cell stays, because it may have stock. If a maximum price is set, more
 * expensive cells do not count as stock. GPU types that cost more or have no price are then left out.
 */
export function createMatrix(
  lists: Lists,
  cells: Cells,
  filters: Filters,
  summariseRow: SummariseRow = summariserFor(lists, filters),
): Matrix {
  const matching = lists.gpuTypes
    .filter((gpuType) => matchesFilters(gpuType, filters))
    .map((gpuType) => {
      const stock = summariseRow(cells.get(gpuType.id));
      return { gpuType, stock, price: stock.cheapest?.onDemandPrice?.perGpu ?? gpuType.securePrice };
    })
    .filter(({ price }) => filters.maxPrice === null || (price !== null && price <= filters.maxPrice));
  const inStock = tally(matching.map(({ stock }) => stock.inStock));
  const unknown = tally(matching.map(({ stock }) => stock.unknown));
  const centers = matchingCenters(lists, filters).map((dataCenter) => ({
    dataCenter,
    inStock: inStock.get(dataCenter.id) ?? 0,
    unknown: unknown.get(dataCenter.id) ?? 0,
  }));
  const isShown = (count: Count) => filters.includeUnavailable || hasStock(count) !== false;
  const columns = centers.filter(isShown);
  const rows = matching.filter(({ stock }) => isShown(sizesOf(stock)));
  return {
    rows: rows
      .map(({ gpuType, price, stock }) => ({ gpuType, price, total: totalOf(sizesOf(stock), columns.length) }))
      .toSorted(comparisonOf(filters)),
    groups: groupByRegion(columns.map(({ dataCenter }) => dataCenter)),
    totals: Object.fromEntries(columns.map((column) => [column.dataCenter.id, totalOf(column, rows.length)])),
    gpuTypes: countStock(matching.map(({ stock }) => sizesOf(stock))),
    dataCenters: countStock(centers),
  };
}

/** How many cells of a row or column are in stock, and how many are unknown. */
interface Count {
  readonly inStock: number;
  readonly unknown: number;
}

const sizesOf = ({ inStock, unknown }: RowStock): Count => ({ inStock: inStock.length, unknown: unknown.length });

/** Counts for each id how many of the lists contain this id. */
function tally(lists: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const ids of lists) for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Groups data centers by region, and keeps their order. */
function groupByRegion(dataCenters: readonly DataCenter[]): readonly ColumnGroup[] {
  return [...new Set(dataCenters.map(({ region }) => region))].map((region) => ({
    region,
    dataCenters: dataCenters.filter((dataCenter) => dataCenter.region === region),
  }));
}

/** Whether any cell of a row or column is in stock; null if that is unknown. */
const hasStock = ({ inStock, unknown }: Count): boolean | null => (inStock > 0 ? true : unknown > 0 ? null : false);

/** Returns how many cells of a row or column are in stock; null if all of its `size` cells are unknown. */
const totalOf = ({ inStock, unknown }: Count, size: number): number | null => (unknown === size ? null : inStock);

function countStock(counts: readonly Count[]): StockCount {
  const stock = counts.map(hasStock);
  const count = (value: boolean | null) => stock.filter((each) => each === value).length;
  return { inStock: count(true), unknown: count(null), total: stock.length };
}

function matchesFilters({ displayName, id, manufacturer, memoryGb }: GpuType, filters: Filters): boolean {
  return (
    matchesName(filters.gpu, [displayName, id]) &&
    (filters.manufacturer ?? manufacturer) === manufacturer &&
    (filters.minMemoryGb === null || (memoryGb !== null && memoryGb >= filters.minMemoryGb))
  );
}

/**
 * Whether each word of `text`, in any order, is part of one of the names. Case is ignored, and so are white space and hyphens in the names.
 */
function matchesName(text: string, names: readonly string[]): boolean {
  const joined = names.map((name) => name.toLowerCase().replace(/[\s-]/g, ''));
  const words = text.toLowerCase().split(/[\s-]+/);
  return words.every((word) => joined.some((name) => name.includes(word)));
}

/**
 * Returns a function that compares rows by the chosen column. Rows without a value in that column come last in either direction. Rows with
 * equal values are sorted by name.
 */
function comparisonOf({ sort, descending }: Filters): (a: MatrixRow, b: MatrixRow) => number {
  const byName = (a: MatrixRow, b: MatrixRow) => alphabetical(a.gpuType.displayName, b.gpuType.displayName);
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
