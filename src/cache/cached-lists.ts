import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { askedNow, type Clock } from '../domain/clock.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import { LIST_KEYS } from './keys.ts';
import type { Renewable, RenewingCache } from './renewing-cache.ts';
import type { Kept, Store } from './store.ts';

/** Whether questions can be answered, as far as is known without asking. */
export type Readiness = 'ready' | 'starting' | 'unavailable';

/** Both lists. */
export interface Lists {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
}

/** The lists of GPU types and data centers, kept in the cache. */
export interface CachedLists {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** Both lists if both are fresh and in memory, else `undefined`. */
  readonly peek: () => Lists | undefined;
  /** Until when both lists are fresh, on the steady scale of this process. */
  readonly freshUntil: () => number;
  /** Whether both lists are kept. */
  readonly areKept: () => boolean;
  /** 'unavailable' while one of them is not kept because it could not be read; 'ready' once both were. Costs nothing. */
  readonly readiness: () => Readiness;
}

/** What the lists need. */
export interface CachedListsOptions {
  readonly source: Pick<SourceCatalog, 'gpuTypes' | 'dataCenters' | 'status'>;
  readonly cache: RenewingCache;
  readonly store: Store;
  /** Lists are renewed when they are older, in milliseconds. */
  readonly discoveryMs: number;
  /** How long after that they are served while no newer ones can be read, in milliseconds. */
  readonly staleMs: number;
  readonly clock: Clock;
}

/**
 * How long a list is fresh that is not from the API that reports stock, in milliseconds. Such a list stands in for one that could
 * not be read, and may name other GPU types or data centers.
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
        // Not computed when it is read, which every request does. It is seen again at each read that is not from memory alone.
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
      // Lists that expired because nobody asked for them are read when somebody does.
      return all.every(({ state }) => state.goodUntil > Number.NEGATIVE_INFINITY) ? 'ready' : 'starting';
    },
  };
}
