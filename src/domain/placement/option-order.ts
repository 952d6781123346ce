import type { Row } from '../row.ts';
import { compareRows, STOCK_RANK } from '../row-order.ts';

/** How the pods that suit a client are ordered: by the lowest price first, or by the highest stock level first. */
export type Preference = 'CHEAPEST' | 'LIKELIEST';

const compareByName = compareRows({ field: 'GPU_TYPE', direction: 'ASC' });

/**
 * Returns a comparison function for sorting the pods that suit a client, the best first. Pods with the same price and stock level are
 * ordered by GPU type and data center.
 */
export function compareOptions(preference: Preference): (a: Row, b: Row) => number {
  if (preference === 'CHEAPEST') return (a, b) => comparePrices(a, b) || compareStock(a, b) || compareByName(a, b);
  return (a, b) => compareStock(a, b) || comparePrices(a, b) || compareByName(a, b);
}

/** Compares prices per pod, ascending. An option without a price comes last. */
function comparePrices({ onDemandPrice: a }: Row, { onDemandPrice: b }: Row): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.perPod - b.perPod;
}

/** Compares stock levels, descending. An option with an unknown level comes last. */
const compareStock = (a: Row, b: Row): number => (STOCK_RANK[b.stock] ?? -1) - (STOCK_RANK[a.stock] ?? -1);
