import type { Catalog, Demand, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import type { Clock } from '../domain/clock.ts';
import type { Observation, ObservationRequest } from '../domain/observation.ts';
import type { CacheStatistics } from './cache-statistics.ts';
import { type CachedLists, createCachedLists } from './cached-lists.ts';
import { covers } from './covers.ts';
import type { Lifetimes } from './lifetimes.ts';
import { observationKey } from './observation-key.ts';
import { type ObservationRenewalDeps, renewableObservation } from './observation-renewal.ts';
import type { RememberedObservation } from './remembered-observation.ts';
import type { Known } from './renewable.ts';
import { createRenewingCache, type RenewingCacheOptions } from './renewing-cache.ts';
import { ServedObservations } from './served-observations.ts';
import { requestSupplement, type SupplementRequestsDeps } from './supplement-requests.ts';
import { createSupplements } from './supplements.ts';

/** Dependencies of `createCachedCatalog`. */
export interface CachedCatalogOptions
  extends Omit<RenewingCacheOptions, 'holdOffMs' | 'now'>,
    Pick<ObservationRenewalDeps, 'onObserved' | 'onObservedElsewhere' | 'onDoubt'>,
    Pick<SupplementRequestsDeps, 'onSupplemented'> {
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
  /** Aborted when requests in the background must stop. */
  readonly stopping: AbortSignal;
}

/** A catalog that caches its answers. */
export interface CachedCatalog extends Catalog {
  /** Returns the lists of GPU types and data centers if both are fresh and in memory, else `undefined`. */
  readonly peekLists: CachedLists['peek'];
  /** Returns the observation if it is in memory and all of its cells are observed and fresh, else `undefined`. */
  readonly peek: (request: ObservationRequest) => Observation | undefined;
  /**
   * Adds `reads` to the number of reads that were answered with fresh data. Call this when results of `peek` were used, because `peek`
   * itself counts no reads.
   */
  readonly countFreshReads: (reads: number) => void;
  /** Returns the observation if it is cached and may be served at once, else `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<Known<Observation> | null>;
  /**
   * Requests a newer answer from the source, even if the cached answer is fresh. If the request fails, rejects with the same errors as
   * `observe`.
   */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Requests spot prices and pod sizes for an observation in the background, if they are due. They come from a second source. */
  readonly supplement: (request: ObservationRequest) => void;
  /** Returns a number that changes whenever an answer may have changed. It does not change when an answer only becomes older. */
  readonly version: () => number;
  /**
   * Returns when the first of the two lists (GPU types and data centers) will stop being fresh, in monotonic milliseconds of this process.
   */
  readonly listsFreshUntil: CachedLists['freshUntil'];
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Returns whether the lists of GPU types and data centers are both cached and may still be served. */
  readonly hasLists: CachedLists['areKept'];
  readonly readiness: CachedLists['readiness'];
  /** Statistics of the cached observations. */
  readonly statistics: Pick<CacheStatistics, 'count' | 'current'>;
}

/** How long the gateway waits before it repeats a failed request, in milliseconds. */
const HOLD_OFF_MS = 5000;

/**
 * Creates a catalog that caches the answers of `source`. Concurrent reads of the same answer share one request. The catalog serves a stale
 * answer while it requests a newer one, and also if that request fails. A failure is not cached as an answer.
 */
export function createCachedCatalog(source: SourceCatalog, options: CachedCatalogOptions): CachedCatalog {
  const { store, clock, lifetimes, stopping, onRead, onFault } = options;
  const { now } = clock;
  const { freshMs } = lifetimes;
  const cache = createRenewingCache({ ...options, now, holdOffMs: HOLD_OFF_MS });
  const lists = createCachedLists({ source, cache, store, lifetimes, clock });
  const served = new ServedObservations(lifetimes, now);
  const supplements = createSupplements({ freshMs, now, stopping, onFault });
  const renewal: ObservationRenewalDeps = {
    ...options,
    source,
    served,
    now,
    onNewStock: (key) => supplements.hasten(key),
  };
  const renewable = (request: ObservationRequest) => renewableObservation(renewal, request);
  const supplementDeps: SupplementRequestsDeps = { ...options, source, cache, supplements, renewal };
  const supplement = (request: ObservationRequest, demand: Pick<Demand, 'clients'>) =>
    requestSupplement(supplementDeps, request, demand);
  return {
    status: source.status,
    batchOf: source.batchOf,
    costOf: source.costOf,
    listCost: source.listCost,
    gpuTypes: lists.gpuTypes,
    dataCenters: lists.dataCenters,
    peekLists: lists.peek,
    listsFreshUntil: lists.freshUntil,
    hasLists: lists.areKept,
    readiness: lists.readiness,
    async observe(request, demand) {
      const remembered = await recordFailure(served, request, cache.read(renewable(request), demand));
      if (demand.awaited) supplement(request, demand);
      return served.recall(remembered);
    },
    peek(request) {
      const remembered = store.peek<RememberedObservation>(observationKey(request))?.value;
      const isServed = remembered !== undefined && served.isWhole(remembered) && covers(remembered.latest, request);
      return isServed ? remembered.latest : undefined;
    },
    countFreshReads: (reads) => onRead('fresh', reads),
    async lookUp(request) {
      const known = await cache.lookUp(renewable(request));
      if (known === undefined) return null;
      return {
        look: () => served.recall(known.look()),
        take(demand) {
          supplement(request, demand);
          return served.recall(known.take(demand));
        },
      };
    },
    renew: (request, demand) => recordFailure(served, request, cache.renew(renewable(request), demand)),
    supplement: (request) => supplement(request, { clients: [GATEWAY] }),
    version: cache.version,
    freshMs,
    statistics: served.statistics,
  };
}

/** Waits until an observation has been read or renewed. If this fails, the statistics count the observation as in demand. */
async function recordFailure<T>(
  { statistics }: ServedObservations,
  request: ObservationRequest,
  load: Promise<T>,
): Promise<T> {
  try {
    return await load;
  } catch (error) {
    statistics.wanted(observationKey(request));
    throw error;
  }
}
