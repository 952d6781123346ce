import type { Demand, Listing, SourceCatalog } from '../domain/catalog.ts';
import { askedNow, type Clock } from '../domain/clock.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Lists } from '../domain/lists.ts';
import { LIST_KEYS } from './keys.ts';
import type { Lifetimes } from './lifetimes.ts';
import type { Loaded, Renewable } from './renewable.ts';
import type { RenewingCache } from './renewing-cache.ts';
import type { Kept, Store } from './store.ts';

/** Whether the gateway can answer clients, judged without a request to the source. */
export type Readiness = 'ready' | 'starting' | 'unavailable';

/** Caches the lists of GPU types and data centers. */
export interface CachedLists {
  readonly gpuTypes: (demand: Demand) => Promise<readonly GpuType[]>;
  readonly dataCenters: (demand: Demand) => Promise<readonly DataCenter[]>;
  /** Returns the lists of GPU types and data centers if both are fresh and in memory, else `undefined`. */
  readonly peek: () => Lists | undefined;
  /**
   * Returns when the first of the two lists (GPU types and data centers) will stop being fresh, in monotonic milliseconds of this process.
   */
  readonly freshUntil: () => number;
  /** Whether the lists of GPU types and data centers are both cached and may still be served. */
  readonly areKept: () => boolean;
  /**
   * Returns whether the gateway can answer clients, without a request to the source. The gateway is 'ready' if the lists of GPU types and
   * data centers are both cached and may still be served. Otherwise, it is 'unavailable' if the latest attempt to load a list failed.
   * Without such a failure, it is 'ready' if both lists were loaded before, and 'starting' if not.
   */
  readonly readiness: () => Readiness;
}

/** Dependencies of `createCachedLists`. */
export interface CachedListsOptions {
  readonly source: Pick<SourceCatalog, 'gpuTypes' | 'dataCenters' | 'status'>;
  readonly cache: RenewingCache;
  readonly store: Store;
  readonly lifetimes: Pick<Lifetimes, 'discoveryMs' | 'staleMs'>;
  readonly clock: Clock;
}

/**
 * How long a list is fresh if it comes from RunPod's second API, in milliseconds. The gateway uses that API only if the API that reports
 * the stock could not provide the list. The time is short, because the lists of the two APIs may differ.
 */
const STOP_GAP_MS = 20_000;

/** Creates the cache of the two lists of `source`: GPU types and data centers. */
export function createCachedLists(options: CachedListsOptions): CachedLists {
  const { source, clock } = options;
  const { now } = clock;
  const gpuTypes = new CachedList('gpuTypes', source.gpuTypes, options);
  const dataCenters = new CachedList('dataCenters', source.dataCenters, options);
  const all = [gpuTypes, dataCenters];
  const areKept = () => all.every(({ goodUntil }) => now() < goodUntil);
  const freshUntil = () => Math.min(gpuTypes.freshUntil, dataCenters.freshUntil);
  return {
    gpuTypes: (demand) => gpuTypes.read(demand),
    dataCenters: (demand) => dataCenters.read(demand),
    peek() {
      if (now() >= freshUntil()) return undefined;
      const [types, centers] = [gpuTypes.peek(), dataCenters.peek()];
      return types === undefined || centers === undefined ? undefined : { gpuTypes: types, dataCenters: centers };
    },
    freshUntil,
    areKept,
    readiness() {
      if (areKept()) return 'ready';
      if (all.some(({ hasFailed }) => hasFailed)) return 'unavailable';
      // Lists that have been loaded can expire if no request needs them. The gateway still counts as ready then, because the next request
      // loads them again.
      return all.every(({ goodUntil }) => goodUntil > Number.NEGATIVE_INFINITY) ? 'ready' : 'starting';
    },
  };
}

/** Reads one list through the cache, and remembers how long the latest version of the list is valid. */
class CachedList<Row> {
  readonly #options: CachedListsOptions;
  readonly #renewable: Renewable<Listing<Row>>;
  /** When the list will stop being fresh, in monotonic milliseconds. The time is stored, because every request needs it. */
  freshUntil = Number.NEGATIVE_INFINITY;
  /** When the list may no longer be served, in monotonic milliseconds. */
  goodUntil = Number.NEGATIVE_INFINITY;
  /** Whether the latest attempt to load the list failed. */
  hasFailed = false;

  constructor(
    name: keyof typeof LIST_KEYS,
    load: (demand: Demand) => Promise<Listing<Row>>,
    options: CachedListsOptions,
  ) {
    const { discoveryMs, staleMs } = options.lifetimes;
    this.#options = options;
    this.#renewable = {
      key: LIST_KEYS[name],
      loadName: () => name,
      load: (demand) => this.#load(() => load(demand)),
      onSeen: (kept) => this.#remember(kept),
      onFailed: () => {
        this.hasFailed = true;
      },
      dueAfterMs: (listing) => this.#dueAfterMs(listing),
      goodForMs: discoveryMs + staleMs,
    };
  }

  async read(demand: Demand): Promise<readonly Row[]> {
    return (await this.#options.cache.read(this.#renewable, demand)).rows;
  }

  /** Returns the list if it is in memory, without checking its age. */
  peek(): readonly Row[] | undefined {
    return this.#options.store.peek<Listing<Row>>(this.#renewable.key)?.value.rows;
  }

  async #load(load: () => Promise<Listing<Row>>): Promise<readonly Loaded<Listing<Row>>[]> {
    const asked = askedNow(this.#options.clock);
    const listing = await load();
    const isLate = (before: Kept<unknown>) => before.askedAt > asked.askedAt;
    const merge = (before: Kept<Listing<Row>> | undefined) =>
      before !== undefined && isLate(before) ? before.value : listing;
    return [{ key: this.#renewable.key, ...asked, merge }];
  }

  #remember({ value, askedAt }: Kept<Listing<Row>>): void {
    this.freshUntil = askedAt + this.#dueAfterMs(value);
    this.goodUntil = askedAt + this.#renewable.goodForMs;
    this.hasFailed = false;
  }

  #dueAfterMs({ source }: Listing<Row>): number {
    const { discoveryMs } = this.#options.lifetimes;
    return source === this.#options.source.status().source ? discoveryMs : Math.min(discoveryMs, STOP_GAP_MS);
  }
}
