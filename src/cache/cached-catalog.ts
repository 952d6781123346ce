import type { Catalog, Demand, SourceCatalog } from '../domain/catalog.ts';
import { UpstreamNotAttemptedError } from '../domain/errors.ts';
import type { Cell, Observation, ObservationRequest, ObservationScope } from '../domain/observation.ts';
import { createInventory, type Stocktaking } from './inventory.ts';
import { isComplete, type RememberedObservation, recall, remember } from './remembered-observation.ts';
import { createRenewingCache, type Known, type Renewable, type RenewingCacheOptions } from './renewing-cache.ts';

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
  /** Told of each observation that was made, in the order of asking. */
  readonly onObserved: (scope: ObservationScope, cells: readonly Cell[]) => void;
}

/** Whether questions can be answered, as far as can be told without asking. */
export type Readiness = 'ready' | 'starting' | 'unavailable';

/** A catalog that keeps its answers. */
export interface CachedCatalog extends Catalog {
  /** What `observe` would give without asking the source, or `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<Known<Observation> | null>;
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
  inner: SourceCatalog,
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
    const renewable: Renewable<T, T> = {
      key: `v1:${name}`,
      load,
      merge(list) {
        state.freshUntil = now() + discoveryMs;
        state.goodUntil = now() + goodForMs;
        state.hasFailed = false;
        return list;
      },
      onFailed() {
        state.hasFailed = true;
      },
      dueAfterMs: () => discoveryMs,
      goodForMs,
    };
    return { renewable, state };
  }

  function toRenewable(request: ObservationRequest): Renewable<Batch, readonly Observation[]> {
    const { gpuCount, gpuTypes: all, dataCenters: asked } = request;
    const name = inner.batchOf(request);
    const key = `v1:observation:${name}`;
    const gpuTypesOfBatch = () => all.filter((gpuType) => inner.batchOf({ gpuType, gpuCount }) === name);
    const note = (kept: Batch) =>
      inventory.loaded(key, gpuTypesOfBatch().length * asked.length, () =>
        kept.map((one) => recall(one, lifetimes, now())),
      );
    const isWhole = (batch: Batch) => {
      const one = find(batch, request.gpuType.id);
      return one !== undefined && isComplete(one);
    };

    function merge(observations: readonly Observation[], before: Batch = []): Batch {
      const batch = observations.map((latest) => remember(latest, find(before, latest.gpuTypeId)));
      note(batch);
      for (const gpuType of gpuTypesOfBatch()) {
        const one = find(batch, gpuType.id);
        if (one !== undefined) onObserved({ ...request, gpuType }, one.latest.cells);
      }
      return batch;
    }

    return {
      key,
      load: (demand) => inner.observe(request, demand),
      merge,
      onFailed: (kept = []) => note(kept),
      dueAfterMs: (batch) => (isWhole(batch) ? freshMs : Math.min(freshMs, INCOMPLETE_MS)),
      goodForMs: staleMs,
      tellsOf: (batch) => find(batch, request.gpuType.id) !== undefined,
      mayServe(batch, ageMs) {
        const one = find(batch, request.gpuType.id);
        if (one === undefined) return false;
        return ageMs < INCOMPLETE_MS || isComplete(one) || isKnown(recall(one, lifetimes, now()));
      },
      lacks(batch) {
        const one = find(batch, request.gpuType.id);
        return one === undefined || !covers(one.latest, request);
      },
    };
  }

  function recallOf(batch: Batch, { gpuType }: ObservationRequest): Observation {
    const one = find(batch, gpuType.id);
    // It was listed after the load that is answered had begun.
    if (one === undefined) throw new UpstreamNotAttemptedError('stock', `${gpuType.id} has only just been listed`);
    return recall(one, lifetimes, now());
  }

  const lists = [gpuTypes.state, dataCenters.state];
  const hasLists = () => lists.every(({ goodUntil }) => now() < goodUntil);

  return {
    status: inner.status,
    gpuTypes: (demand) => cache.read(gpuTypes.renewable, demand),
    dataCenters: (demand) => cache.read(dataCenters.renewable, demand),
    batchOf: inner.batchOf,
    observe: async (request, demand) => recallOf(await cache.read(toRenewable(request), demand), request),
    async lookUp(request) {
      const known = await cache.lookUp(toRenewable(request));
      if (known === undefined) return null;
      return { look: () => recallOf(known.look(), request), take: () => recallOf(known.take(), request) };
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

/** What one upstream request told, and what was known besides. */
type Batch = readonly RememberedObservation[];

const find = (batch: Batch, gpuTypeId: string): RememberedObservation | undefined =>
  batch.find(({ latest }) => latest.gpuTypeId === gpuTypeId);

/** Whether something is known of every cell. */
const isKnown = ({ cells }: Observation): boolean => cells.every(({ failure }) => failure === null);

function covers({ cells }: Observation, { dataCenters }: ObservationRequest): boolean {
  const ids = new Set(cells.map(({ dataCenterId }) => dataCenterId));
  return dataCenters.every(({ id }) => ids.has(id));
}
