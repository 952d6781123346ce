import { LRUCache } from 'lru-cache';
import type { Asked } from '../domain/clock.ts';

/** A stored value, and when the latest answer in it was requested from RunPod. */
export interface Kept<T> extends Asked {
  readonly value: T;
}

/** The lifetimes of a stored value, in milliseconds. A lifetime may be infinite. */
export interface Keeping {
  /** How long this process uses its copy without checking whether another replica has stored a later value. */
  readonly freshMs: number;
  /** How long the value is stored. The store may drop it earlier to make space for other values. */
  readonly goodMs: number;
}

/** Stores loaded values. */
export interface Store {
  get<T>(key: string): Promise<Kept<T> | undefined>;
  /** Returns the value that `get` would return, if it is available without waiting, else `undefined`. */
  peek<T>(key: string): Kept<T> | undefined;
  set<T>(key: string, kept: Kept<T>, keeping: Keeping): Promise<void>;
  /** Returns a number that changes whenever another replica may have stored a value. */
  readonly version: () => number;
}

/** The maximum number of values that are kept in memory. */
export const MAX_KEYS = 10_000;

/** Creates a store in the memory of this process. Values are not copied, so readers must not change them. */
export function createMemoryStore(): Store {
  const values = new LRUCache<string, Kept<unknown>>({ max: MAX_KEYS });
  // The type assertion is safe, because all values under one key have the same type.
  const peek = <T>(key: string) => values.get(key) as Kept<T> | undefined;
  return {
    get: async <T>(key: string) => peek<T>(key),
    peek,
    async set(key, kept, { goodMs }) {
      values.set(key, kept, Number.isFinite(goodMs) ? { ttl: goodMs } : {});
    },
    version: () => 0,
  };
}
