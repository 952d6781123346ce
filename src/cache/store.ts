import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';

/** A loaded value and when it was loaded, in milliseconds since 1970. */
export interface Kept<T> {
  readonly value: T;
  readonly loadedAt: number;
}

/** Where loaded values are kept. */
export interface Store {
  get<T>(key: string): Promise<Kept<T> | undefined>;
  /** Keeps a value for `forMs` milliseconds, or for good when that is infinite, unless memory runs short. */
  set<T>(key: string, kept: Kept<T>, forMs: number): Promise<void>;
}

const MAX_KEYS = 10_000;

/** A store in this process's memory. What is kept is not copied, so nobody may change it. */
export function createMemoryStore(): Store {
  const cache = new BentoCache({
    default: 'memory',
    stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: MAX_KEYS, serialize: false })) },
  });
  return {
    get: (key) => cache.get({ key }),
    async set(key, kept, forMs) {
      await cache.set({ key, value: kept, ttl: Number.isFinite(forMs) ? forMs : null });
    },
  };
}
