import type { Row } from './row.ts';
import { STOCK_RANK } from './row-order.ts';

/** Conditions that judge an answer, not what is asked. A row whose value is unknown does not meet one. */
export interface RowConditions {
  /** US dollars per GPU per hour, at most. */
  readonly maxPricePerGpuHour: number | null;
  readonly minStock: 'LOW' | 'MEDIUM' | 'HIGH' | null;
  /** Also rows that cannot be rented or could not be observed. */
  readonly includeUnavailable: boolean;
}

/** Whether a row meets all of them. */
export function meets(row: Row, { includeUnavailable, maxPricePerGpuHour, minStock }: RowConditions): boolean {
  if (!includeUnavailable && row.available !== true) return false;
  if (minStock !== null && (STOCK_RANK[row.stock] ?? -1) < STOCK_RANK[minStock]) return false;
  return maxPricePerGpuHour === null || (row.onDemandPrice !== null && row.onDemandPrice.perGpu <= maxPricePerGpuHour);
}
