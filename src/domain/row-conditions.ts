import type { Row } from './row.ts';
import { STOCK_RANK } from './row-order.ts';

/**
 * Conditions on the observed values of a row. They do not reduce what RunPod is asked. A row whose value is unknown fails a
 * condition on it.
 */
export interface RowConditions {
  /** At most this many US dollars per GPU per hour. */
  readonly maxPricePerGpuHour: number | null;
  readonly minStock: 'LOW' | 'MEDIUM' | 'HIGH' | null;
  /** Whether to include rows that cannot be rented or could not be observed. */
  readonly includeUnavailable: boolean;
}

/** Whether a row meets all conditions. */
export function meets(row: Row, { includeUnavailable, maxPricePerGpuHour, minStock }: RowConditions): boolean {
  if (!includeUnavailable && row.available !== true) return false;
  if (minStock !== null && (STOCK_RANK[row.stock] ?? -1) < STOCK_RANK[minStock]) return false;
  return maxPricePerGpuHour === null || (row.onDemandPrice !== null && row.onDemandPrice.perGpu <= maxPricePerGpuHour);
}
