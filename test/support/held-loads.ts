import { expect } from 'vitest';
import { OWN_LEASES } from '../../src/cache/leases.ts';
import type { Renewable } from '../../src/cache/renewable.ts';
import { createRenewingCache } from '../../src/cache/renewing-cache.ts';
import { createMemoryStore, type Kept } from '../../src/cache/store.ts';
import type { Demand } from '../../src/domain/catalog.ts';
import { waiting } from './waiting.ts';

/** How long the cache of `createCache` waits after a failed load, in milliseconds. */
export const HOLD_OFF_MS = 5000;

/** Creates a cache with a simulated clock. Each load that the cache starts ends only when the test resolves or rejects it. */
export function createCache({ store = createMemoryStore(), leases = OWN_LEASES } = {}) {
  let time = 0;
  const faults: unknown[] = [];
  const cache = createRenewingCache({
    store,
    leases,
    now: () => time,
    holdOffMs: HOLD_OFF_MS,
    onRead: () => {},
    onFault: (error) => faults.push(error),
  });
  const loads: {
    readonly demand: Demand;
    readonly resolve: (value: string) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const renewable: Renewable<string> = {
    key: 'key',
    loadName: () => 'load',
    load: (demand) =>
      new Promise((resolve, reject) => {
        const asked = { askedAt: time, observedAt: new Date(time).toISOString() };
        const merge = (value: string) => (before: Kept<string> | undefined) =>
          before !== undefined && before.askedAt > asked.askedAt ? before.value : value;
        loads.push({ demand, resolve: (value) => resolve([{ key: 'key', ...asked, merge: merge(value) }]), reject });
      }),
    dueAfterMs: () => 100,
    goodForMs: 1000,
  };
  const nthLoad = async (count: number) => {
    await expect.poll(() => loads.length).toBe(count);
    return loads[count - 1] as (typeof loads)[number];
  };
  return {
    cache,
    renewable,
    loads,
    faults,
    nthLoad,
    pass: (ms: number) => {
      time += ms;
    },
    /** Stores the value 'old' in the cache. */
    fill: async () => {
      const read = cache.read(renewable, waiting());
      (await nthLoad(1)).resolve('old');
      await read;
    },
  };
}
