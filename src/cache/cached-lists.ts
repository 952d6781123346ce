import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { askedNow, type Clock } from '../domain/clock.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import { LIST_KEYS } from './keys.ts';
import type { Renewable } from './renewable.ts';
import type { RenewingCache } from './renewing-cache.ts';
import type { Kept, Store } from './store.ts';

/** Whether the gateway can answer questions, judged without a request to the source. */
export type Readiness = 'ready' | 'starting' | 'unavailable';

/** The lists of GPU types and data centers. */
export interface Lists {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
}

/** Caches the lists of GPU types and data centers. */
export interface CachedLists {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** Both lists if both are fresh and in memory, else `undefined`. */
  readonly peek: () => Lists | undefined;
  /** When the first of the two lists stops being fresh, on the steady scale of this process. */
  readonly freshUntil: () => number;
  /** Whether both lists are cached and may be served. */
  readonly areKept: () => boolean;
  /**
   * 'ready' while both lists are cached. Otherwise 'unavailable' if the last attempt to read one of them failed, 'ready' if both have been
   * read before, and 'starting' if not. Cheap: looks only at memory.
   */
  readonly readiness: () => Readiness;
}

/** Dependencies of `createCachedLists`. */
export interface CachedListsOptions {
  readonly source: Pick<SourceCatalog, 'gpuTypes' | 'dataCenters' | 'status'>;
  readonly cache: RenewingCache;
  readonly store: Store;
  /** Age at which a list is refreshed, in milliseconds. */
  readonly discoveryMs: number;
  /** How long after that a list is still served if no newer one can be read, in milliseconds. */
  readonly staleMs: number;
  readonly clock: Clock;
}

/**
 * How long a list is fresh that comes from another API than the stock, in milliseconds. It replaces a list that could not be read, and may
 * name other GPU types or data centers.
 */
const STOP_GAP_MS = 20_000;

/** Keeps both lists of `source` in `cache`. */
export function createCachedLists({
  source,
  cache,
  store,
  discoveryMs,
  staleMs,
  clock,
}: CachedListsOptions): CachedLists {
  const { now } = clock;
  const gpuTypes = toList('gpuTypes', source.gpuTypes);
  const dataCenters = toList('dataCenters', source.dataCenters);
  const all = [gpuTypes, dataCenters];
  const areKept = () => all.every(({ state }) => now() < state.goodUntil);
  const freshUntil = () => Math.min(gpuTypes.state.freshUntil, dataCenters.state.freshUntil);

  function toList<Row>(name: keyof typeof LIST_KEYS, load: (demand: Demand) => Promise<Listing<Row>>) {
    const state = { freshUntil: Number.NEGATIVE_INFINITY, goodUntil: Number.NEGATIVE_INFINITY, hasFailed: false };
    const goodForMs = discoveryMs + staleMs;
    const key = LIST_KEYS[name];
    const dueAfterMs = (listing: Listing<Row>) =>
      listing.source === source.status().source ? discoveryMs : Math.min(discoveryMs, STOP_GAP_MS);
    const renewable: Renewable<Listing<Row>> = {
      key,
      loadName: () => name,
      async load(demand) {
        const asked = askedNow(clock);
        const listing = await load(demand);
        const isLate = (before: Kept<unknown>) => before.askedAt > asked.askedAt;
        return [
          { key, ...asked, merge: (before) => (before !== undefined && isLate(before) ? before.value : listing) },
        ];
      },
      onSeen({ value, askedAt }) {
        // Computed here and not in `freshUntil`, which every request reads. Every read through the cache updates it.
        state.freshUntil = askedAt + dueAfterMs(value);
        state.goodUntil = askedAt + goodForMs;
        state.hasFailed = false;
      },
      onFailed() {
        state.hasFailed = true;
      },
      dueAfterMs,
      goodForMs,
    };
    return {
      state,
      read: async (demand: Demand) => (await cache.read(renewable, demand)).rows,
      peek: () => store.peek<Listing<Row>>(key)?.value.rows,
    };
  }

  return {
    gpuTypes: gpuTypes.read,
    dataCenters: dataCenters.read,
    peek() {
      if (now() >= freshUntil()) return undefined;
      const [types, centers] = [gpuTypes.peek(), dataCenters.peek()];
      return types === undefined || centers === undefined ? undefined : { gpuTypes: types, dataCenters: centers };
    },
    freshUntil,
    areKept,
    readiness() {
      if (areKept()) return 'ready';
      if (all.some(({ state }) => state.hasFailed)) return 'unavailable';
      // Lists that expired because nobody asked for them are read again with the next question.
      return all.every(({ state }) => state.goodUntil > Number.NEGATIVE_INFINITY) ? 'ready' : 'starting';
    },
  };
}
