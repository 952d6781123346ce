import type { Change } from './subscribers.ts';

/** The GPU type whose stock the tests of subscriptions change. */
export const L4 = 'NVIDIA L4';

/** Returns the kind, the data center, and the stock before and after, of each change that a subscriber has received. */
export const summaryOf = (changes: readonly Change[]) =>
  changes.map(({ kind, before, after }) => [kind, after.dataCenter.id, before.stock, after.stock]);
