import type { Demand } from '../domain/catalog.ts';
import { refusalOf } from '../domain/client.ts';
import { UpstreamError } from '../domain/errors.ts';
import { CacheEntries } from './cache-entries.ts';
import { createHoldOffs } from './hold-offs.ts';
import type { Leases } from './leases.ts';
import { createLoader } from './loader.ts';
import type { Known, ReadResult, Renewable } from './renewable.ts';
import type { Kept, Store } from './store.ts';

/** Dependencies of `createRenewingCache`. */
export interface RenewingCacheOptions {
  readonly store: Store;
  readonly leases: Leases;
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** How long to wait after a failed load before the same load may be started again, in milliseconds. */
  readonly holdOffMs: number;
  /** Called when reads were answered. `result` is how they were answered, and `reads` is their number. */
  readonly onRead: (result: ReadResult, reads: number) => void;
  /** Called with each error of a load in the background, unless it is an `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
  /** Aborted when all loads must end. Their readers then receive the reason of the signal. Default: loads are not ended. */
  readonly closing?: AbortSignal | undefined;
}

/** A cache that refreshes its entries when they are due. */
export interface RenewingCache {
  /**
   * Returns the cached value, or loads it. Rejects with an `UpstreamError` if there is no valid cached value and the load fails. Rejects
   * with the reason of `demand.signal` when that signal is aborted. Starts a load only if a client of `demand` has budget left for a
   * request to RunPod. Joining a running load needs no budget.
   */
  read<T>(renewable: Renewable<T>, demand: Demand): Promise<T>;
  /** Returns the value that `read` would return, if it is available without waiting for a load, else `undefined`. */
  lookUp<T>(renewable: Renewable<T>): Promise<Known<T> | undefined>;
  /** Loads the value, even if the cached value is fresh. If the load fails, rejects with the same errors as `read`. */
  renew<T>(renewable: Renewable<T>, demand: Demand): Promise<void>;
  /** Returns a number that changes whenever a cached value may have changed. */
  readonly version: () => number;
}

/**
 * A signal that is never aborted, for refreshes in the background. A refresh continues even if the client that caused it has disconnected.
 */
const NEVER_ABORTED = new AbortController().signal;

/**
 * Creates a cache that serves valid entries at once, and refreshes them in the background when they are due. If there is no valid entry,
 * all readers wait for the same load. A failure is never cached as a value; it only delays the next load.
 */
export function createRenewingCache({
  store,
  leases,
  now,
  holdOffMs,
  onRead,
  onFault,
  closing,
}: RenewingCacheOptions): RenewingCache {
  const entries = new CacheEntries(store, now);
  const loader = createLoader({ entries, leases, holdOffs: createHoldOffs(holdOffMs, now), closing });

  const mayServe = <T>(renewable: Renewable<T>, { value, askedAt }: Kept<T>): boolean =>
    renewable.mayServe?.(value, now() - askedAt) ?? true;

  /** Returns the value of a cache entry, and counts a read. If the value is due for a refresh, starts the refresh in the background. */
  function serve<T>(renewable: Renewable<T>, kept: Kept<T>, demand: Demand): T {
    const { value, askedAt } = kept;
    const isDue = renewable.lacks?.(value) === true || now() >= askedAt + renewable.dueAfterMs(value);
    onRead(isDue ? 'stale' : 'fresh', 1);
    if (isDue && !loader.isRunning(renewable.loadName())) renewInBackground(renewable, kept, demand.clients);
    return value;
  }

  function renewInBackground<T>(renewable: Renewable<T>, kept: Kept<T>, clients: Demand['clients']): void {
    const demand = { signal: NEVER_ABORTED, awaited: false, clients };
    if (refusalOf(demand) !== null) return;
    loader.load(renewable, demand, kept).catch((error: unknown) => {
      // An `UpstreamError` is not reported as a fault, because each attempt already reports its own failure.
      if (!(error instanceof UpstreamError)) onFault(error);
    });
  }

  return {
    async read(renewable, demand) {
      const good = await entries.getGood(renewable);
      if (good !== undefined && mayServe(renewable, good)) return serve(renewable, good, demand);
      onRead('miss', 1);
      try {
        return await loader.load(renewable, demand, good);
      } catch (error) {
        if (good !== undefined && error instanceof UpstreamError) return good.value;
        throw error;
      }
    },
    async lookUp(renewable) {
      const good = await entries.getGood(renewable);
      if (good === undefined || !mayServe(renewable, good)) return undefined;
      return { look: () => good.value, take: (demand) => serve(renewable, good, demand) };
    },
    async renew(renewable, demand) {
      await loader.load(renewable, demand, await entries.getGood(renewable));
    },
    version: () => entries.version,
  };
}
