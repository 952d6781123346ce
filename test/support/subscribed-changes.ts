import type { Change } from './subscribers.ts';

/** The GPU type whose stock the tests of subscriptions change. */
export const L4 = 'NVIDIA L4';

/** Returns for each change that a subscriber has received: its kind, its data center, and the stock before and after it. */
export const summaryOf = (changes: readonly Change[]) =>
  changes.map(({ kind, before, after }) => [kind, after.dataCenter.id, before.stock, after.stock]);
