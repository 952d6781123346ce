import { LRUCache } from 'lru-cache';
import type { Asked } from '../domain/clock.ts';

/** A value, and when the latest answer that it is made of was asked for. */
export interface Kept<T> extends Asked {
  readonly value: T;
}

/** How long a value is kept, in milliseconds; infinite for good. */
export interface Keeping {
  /** So long it is the latest, as far as this process knows. */
  readonly freshMs: number;
  /** So long it is kept, unless memory runs short. */
  readonly goodMs: number;
}

/** Where loaded values are kept. */
export interface Store {
  get<T>(key: string): Promise<Kept<T> | undefined>;
  /** What `get` would give, as far as that is known without waiting. */
  peek<T>(key: string): Kept<T> | undefined;
  set<T>(key: string, kept: Kept<T>, keeping: Keeping): Promise<void>;
  /** Another number whenever another replica may have kept something. */
  readonly version: () => number;
}

/** Values that are kept in memory at most. */
export const MAX_KEYS = 10_000;

/** A store in this process's memory. What is kept is not copied, so nobody may change it. */
export function createMemoryStore(): Store {
  const values = new LRUCache<string, Kept<unknown>>({ max: MAX_KEYS });
  // What is kept under one key is always of one type.
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
