import type { Catalog, Demand } from '../domain/catalog.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { Cell, Observation, ObservationRequest, ObservedCell } from '../domain/observation.ts';
import { createInventory, type Stocktaking } from './inventory.ts';
import { isComplete, lastKnownOf, type RememberedObservation, recall, remember } from './remembered-observation.ts';
import { createRenewingCache, type Renewable, type RenewingCacheOptions } from './renewing-cache.ts';

/** How long answers are kept, in milliseconds; infinite for answers that never grow old. */
export interface Lifetimes {
  /** An observation is renewed, and marked stale, when it is older. */
  readonly freshMs: number;
  /** An observation is not served when it is older, and a list not when it is this much past its own renewal. */
  readonly staleMs: number;
  /** Lists of GPU types and data centers are renewed when they are older. */
  readonly discoveryMs: number;
}

/** What the cached catalog needs. */
export interface CachedCatalogOptions extends Omit<RenewingCacheOptions, 'holdOffMs'> {
  readonly lifetimes: Lifetimes;
  /** Told of each observation that was made, and of what was last known of its cells. */
  readonly onObserved: (request: ObservationRequest, before: readonly ObservedCell[], after: readonly Cell[]) => void;
}

/** Whether questions can be answered, as far as can be told without asking. */
export type Readiness = 'ready' | 'starting' | 'unavailable';

/** A catalog that keeps its answers. */
export interface CachedCatalog extends Catalog {
  /** What `observe` would give without asking the source, or `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<Observation | null>;
  /** Has a newer answer fetched, although there may be a fresh one. Rejects like `observe`. */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Another number whenever an answer may have changed, other than by growing old. */
  readonly version: () => number;
  /** Until when both lists are fresh, in milliseconds since 1970. */
  readonly listsFreshUntil: () => number;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Whether both lists are kept. */
  readonly hasLists: () => boolean;
  /** 'unavailable' when one of them is not kept and could last not be had; else 'ready' once both were. Costs nothing. */
  readonly readiness: () => Readiness;
  /** What is known at this moment. */
  readonly takeStock: () => Stocktaking;
}

/** How long after a failure the same is not asked again. */
const HOLD_OFF_MS = 5000;

/** How soon an answer with failed cells is renewed, and for how long failures are shown without asking again. */
const INCOMPLETE_MS = 15_000;

/**
 * Keeps the answers of `inner`. Each is loaded once, however many ask for it at the same time. What is past its freshness is
 * served while a newer answer is fetched, or cannot be had; what failed is asked again.
 */
export function createCachedCatalog(
  inner: Catalog,
  { lifetimes, onObserved, ...options }: CachedCatalogOptions,
): CachedCatalog {
  const { freshMs, staleMs, discoveryMs } = lifetimes;
  const { now } = options;
  const cache = createRenewingCache({ ...options, holdOffMs: HOLD_OFF_MS });
  const inventory = createInventory(staleMs, now);

  const gpuTypes = toList('gpuTypes', inner.gpuTypes);
  const dataCenters = toList('dataCenters', inner.dataCenters);

  function toList<T>(name: string, load: (demand: Demand) => Promise<T>) {
    const state = { freshUntil: Number.NEGATIVE_INFINITY, goodUntil: Number.NEGATIVE_INFINITY, hasFailed: false };
    const goodForMs = discoveryMs + staleMs;
    const renewable: Renewable<T> = {
      key: `v1:${name}`,
      async load(_readKept, demand) {
        try {
          const list = await load(demand);
          state.freshUntil = now() + discoveryMs;
          state.goodUntil = now() + goodForMs;
          state.hasFailed = false;
          return list;
        } catch (error) {
          if (error instanceof UpstreamError) state.hasFailed = true;
          throw error;
        }
      },
      dueAfterMs: () => discoveryMs,
      goodForMs,
    };
    return { renewable, state };
  }

  function toRenewable(request: ObservationRequest): Renewable<RememberedObservation> {
    const key = `v1:observation:${request.gpuCount}:${request.gpuType.id}`;
    const note = (kept: RememberedObservation | undefined) =>
      inventory.loaded(key, request.dataCenters.length, () =>
        kept === undefined ? null : recall(kept, lifetimes, now()),
      );
    return {
      key,
      async load(readKept, demand) {
        try {
          const latest = await inner.observe(request, demand);
          const before = await readKept();
          const remembered = remember(latest, before);
          note(remembered);
          onObserved(request, before === undefined ? [] : lastKnownOf(before), latest.cells);
          return remembered;
        } catch (error) {
          if (error instanceof UpstreamError) note(await readKept());
          throw error;
        }
      },
      dueAfterMs: (remembered) => (isComplete(remembered) ? freshMs : Math.min(freshMs, INCOMPLETE_MS)),
      goodForMs: staleMs,
      mayServe: (remembered, ageMs) =>
        ageMs < INCOMPLETE_MS || isComplete(remembered) || isKnown(recall(remembered, lifetimes, now())),
      lacks: ({ latest }) => !covers(latest, request),
    };
  }

  const lists = [gpuTypes.state, dataCenters.state];
  const hasLists = () => lists.every(({ goodUntil }) => now() < goodUntil);

  return {
    status: inner.status,
    gpuTypes: (demand) => cache.read(gpuTypes.renewable, demand),
    dataCenters: (demand) => cache.read(dataCenters.renewable, demand),
    observe: async (request, demand) => recall(await cache.read(toRenewable(request), demand), lifetimes, now()),
    async lookUp(request) {
      const kept = await cache.lookUp(toRenewable(request));
      return kept === undefined ? null : recall(kept, lifetimes, now());
    },
    renew: (request, demand) => cache.renew(toRenewable(request), demand),
    version: cache.version,
    listsFreshUntil: () => Math.min(...lists.map(({ freshUntil }) => freshUntil)),
    freshMs,
    hasLists,
    readiness() {
      if (hasLists()) return 'ready';
      if (lists.some(({ hasFailed }) => hasFailed)) return 'unavailable';
      // Lists that nobody has asked for in a long time are fetched when somebody does.
      return lists.every(({ goodUntil }) => goodUntil > Number.NEGATIVE_INFINITY) ? 'ready' : 'starting';
    },
    takeStock: inventory.take,
  };
}

/** Whether something is known of every cell. */
const isKnown = ({ cells }: Observation): boolean => cells.every(({ failure }) => failure === null);

function covers({ cells }: Observation, { dataCenters }: ObservationRequest): boolean {
  const ids = new Set(cells.map(({ dataCenterId }) => dataCenterId));
  return dataCenters.every(({ id }) => ids.has(id));
}
