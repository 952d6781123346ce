import type { Row } from './row.ts';
import { STOCK_RANK } from './row-order.ts';

/** The stock levels that a client can require as a minimum. */
export type MinStock = 'LOW' | 'MEDIUM' | 'HIGH';

/** The conditions on the stock and price of a row. A row with an unknown value does not meet a condition on this value. */
export interface RowConditions {
  /** The maximum on-demand price, in US dollars per GPU per hour; `null` for any price. */
  readonly maxPricePerGpuHour: number | null;
  readonly minStock: MinStock | null;
  /** Whether to include rows that cannot be rented or could not be observed. */
  readonly includeUnavailable: boolean;
}

/** Whether a row meets all conditions. */
export function meets(row: Row, { includeUnavailable, maxPricePerGpuHour, minStock }: RowConditions): boolean {
  if (!includeUnavailable && row.available !== true) return false;
  if (minStock !== null && (STOCK_RANK[row.stock] ?? -1) < STOCK_RANK[minStock]) return false;
  return maxPricePerGpuHour === null || (row.onDemandPrice !== null && row.onDemandPrice.perGpu <= maxPricePerGpuHour);
}
