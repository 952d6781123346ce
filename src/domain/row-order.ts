import type { Row } from './row.ts';

/** The fields by which rows can be ordered. */
export type RowOrderField = 'GPU_TYPE' | 'DATA_CENTER' | 'PRICE' | 'STOCK' | 'MEMORY';

/** The field and the direction by which rows are ordered. */
export interface RowOrder {
  readonly field: RowOrderField;
  readonly direction: 'ASC' | 'DESC';
}

type SortValue = string | number | null;

/** The rank of each stock level, ascending from no stock to high stock; `null` for an unknown level. */
export const STOCK_RANK = { NONE: 0, LOW: 1, MEDIUM: 2, HIGH: 3, UNKNOWN: null } as const;

const VALUE_OF: Readonly<Record<RowOrderField, (row: Row) => SortValue>> = {
  GPU_TYPE: (row) => row.gpuType.displayName,
  DATA_CENTER: (row) => row.dataCenter.id,
  PRICE: (row) => row.onDemandPrice?.perGpu ?? null,
  STOCK: (row) => STOCK_RANK[row.stock],
  MEMORY: (row) => row.gpuType.memoryGb,
};

/**
 * Returns a comparison function that sorts rows by one field. Rows with equal values in this field are ordered by GPU type display name,
 * data center id and GPU type id, always ascending. Rows without a value come last in both directions. Texts are compared by code unit, so
 * that the order is the same on every machine.
 */
export function compareRows({ field, direction }: RowOrder): (a: Row, b: Row) => number {
  const read = VALUE_OF[field];
  const sign = direction === 'ASC' ? 1 : -1;
  return (a, b) => compareNullsLast(read(a), read(b), sign) || compareTies(a, b);
}

function compareNullsLast(a: SortValue, b: SortValue, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * compare(a, b);
}

function compareTies(a: Row, b: Row): number {
  return (
    compare(a.gpuType.displayName, b.gpuType.displayName) ||
    compare(a.dataCenter.id, b.dataCenter.id) ||
    compare(a.gpuType.id, b.gpuType.id)
  );
}

/** Compares two values of the same type, for ascending order. */
export function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
