import type { Region } from '../graphql/graphql.ts';
import { type Cell, type Cells, cellKey } from '../state/cell.ts';
import { type DataCenter, type GpuType, type Lists, regionsOf } from '../state/lists.ts';
import type { Filters } from './filters.ts';

/** A GPU type that is shown, with its price. */
export interface MatrixRow {
  readonly gpuType: GpuType;
  /** The lowest price per GPU where it can be rented among the columns, else its list price. */
  readonly price: number | null;
}

/** Columns of one region. */
export interface ColumnGroup {
  readonly region: Region;
  readonly dataCenters: readonly DataCenter[];
}

export interface Matrix {
  readonly rows: readonly MatrixRow[];
  readonly groups: readonly ColumnGroup[];
}

/**
 * The rows and columns that the filters leave, in order. A cell that is dearer than the highest price does not count as one
 * that can be rented; a GPU type without any price is left out when there is a highest price.
 */
export function createMatrix(lists: Lists, cells: Cells, filters: Filters): Matrix {
  const gpuTypes = lists.gpuTypes.filter((gpuType) => matchesFilters(gpuType, filters));
  const dataCenters = lists.dataCenters.filter(({ region }) => (filters.region ?? region) === region);
  const cellOf = (gpuType: GpuType, dataCenter: DataCenter) => cells.get(cellKey(gpuType.id, dataCenter.id));
  const canRent = (cell: Cell | undefined) => cell !== undefined && isRentable(cell, filters.maxPrice);

  const rows = gpuTypes
    .filter((gpuType) => !filters.rentableOnly || dataCenters.some((place) => canRent(cellOf(gpuType, place))))
    .map((gpuType) => ({
      gpuType,
      price: priceOf(
        gpuType,
        dataCenters.map((place) => cellOf(gpuType, place)),
      ),
    }))
    .filter(({ price }) => filters.maxPrice === null || (price !== null && price <= filters.maxPrice))
    .toSorted(comparisonOf(filters));
  const columns = dataCenters.filter(
    (place) => !filters.rentableOnly || rows.some(({ gpuType }) => canRent(cellOf(gpuType, place))),
  );
  const groups = regionsOf({ ...lists, dataCenters: columns }).map((region) => ({
    region,
    dataCenters: columns.filter((dataCenter) => dataCenter.region === region),
  }));
  return { rows, groups };
}

/** Whether it can be rented now, for at most `maxPrice` per GPU. */
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

/** Whether each word of `text`, in any order, is in one of the names. Case, white space and hyphens do not count. */
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

/** Rows without a value come last in either direction; ties are broken by name. */
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
