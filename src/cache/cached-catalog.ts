import type { Catalog, Demand, SourceCatalog } from '../domain/catalog.ts';
import { GATEWAY, maySpare } from '../domain/client.ts';
import { askedOf, type Clock } from '../domain/clock.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import {
  type Cell,
  isObserved,
  type Observation,
  type ObservationRequest,
  type ObservationScope,
} from '../domain/observation.ts';
import { type CellCounts, createCacheStatistics } from './cache-statistics.ts';
import { type CachedLists, createCachedLists } from './cached-lists.ts';
import { covers } from './covers.ts';
import { OBSERVATION_KEY_PREFIX } from './keys.ts';
import { bringsSpot, hasNewStock, spotAgeMs } from './known-spot.ts';
import {
  doubt,
  isComplete,
  type RememberedObservation,
  recall,
  remember,
  spreadMs,
  supplement,
  untilWhole,
} from './remembered-observation.ts';
import type { Known, Loaded, Renewable } from './renewable.ts';
import { createRenewingCache, type RenewingCacheOptions } from './renewing-cache.ts';
import { isAllSoldOut, isDoubtful } from './sold-out.ts';
import type { Kept } from './store.ts';
import { createSupplements, type Supplied } from './supplements.ts';

/** Lifetimes of answers in milliseconds; infinite for answers that never expire. */
export interface Lifetimes {
  /** Age at which an observation is marked stale and refreshed. */
  readonly freshMs: number;
  /** Age at which an observation is no longer served. A list is served until this long after its `discoveryMs`. */
  readonly staleMs: number;
  /** Age at which the lists of GPU types and data centers are refreshed. */
  readonly discoveryMs: number;
}

/** Dependencies of `createCachedCatalog`. */
export interface CachedCatalogOptions extends Omit<RenewingCacheOptions, 'holdOffMs' | 'now'> {
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
  /** Called with the merged cells each time that this replica has merged an answer for a GPU type, unless the answer is doubted. */
  readonly onObserved: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** Called with the cells of an observation that another replica made, when this replica first reads it. */
  readonly onHeard: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** Called when an answer claims that everything is sold out. Known stock is kept until a second answer confirms the claim. */
  readonly onDoubt: (gpuCount: number) => void;
  /** Called with each cell of a supplement and the cell that it adds to. */
  readonly onSupplemented: (cell: Cell, added: Cell) => void;
  /** Aborted when background requests must stop. */
  readonly stopping: AbortSignal;
}

/** A catalog that caches its answers. */
export interface CachedCatalog extends Catalog {
  /** The GPU-type and data-center lists if both are fresh and in memory, else `undefined`. */
  readonly peekLists: CachedLists['peek'];
  /** The result of `observe` if it is in memory and every cell is observed and fresh, else `undefined`. */
  readonly peek: (request: ObservationRequest) => Observation | undefined;
  /** Counts reads that were answered with results of `peek`. */
  readonly peeked: (reads: number) => void;
  /** The result of `observe` if no request to the source is needed for it, else `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<Known<Observation> | null>;
  /** Requests a newer answer even if the cached one is fresh. Rejects as `observe` does. */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Requests spot prices and pod sizes from the other source in the background, if they are due. */
  readonly supplement: (request: ObservationRequest) => void;
  /** Changes whenever an answer may have changed for another reason than its age. */
  readonly version: () => number;
  /** When the first of the two lists stops being fresh, on the steady scale of this process. */
  readonly listsFreshUntil: CachedLists['freshUntil'];
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Whether both lists are cached and may be served. */
  readonly hasLists: CachedLists['areKept'];
  readonly readiness: CachedLists['readiness'];
  /** Counts the cells of the cached observations. */
  readonly countCells: () => CellCounts;
}

/** How long no request is made for something that has just failed, in milliseconds. */
const HOLD_OFF_MS = 5000;

/** Age at which an answer with failed cells is refreshed, in milliseconds. Until then its failures are shown without another request. */
const INCOMPLETE_MS = 15_000;

/** The fraction of `freshMs` that must pass before a second answer can confirm a doubted one. */
const CONFIRMED_AFTER = 0.5;

/** Merges an observation into the remembered one. */
type Merge = (told: Observation, before: RememberedObservation | undefined) => RememberedObservation;

/**
 * Caches the answers of `inner`. Concurrent reads of the same answer share one request. A stale answer is served while a newer one is
 * requested, and also when that request fails. Failures are not cached.
 */
export function createCachedCatalog(
  inner: SourceCatalog,
  { clock, lifetimes, onObserved, onHeard, onDoubt, onSupplemented, stopping, ...options }: CachedCatalogOptions,
): CachedCatalog {
  const { freshMs, staleMs, discoveryMs } = lifetimes;
  const { now } = clock;
  const { store } = options;
  const cache = createRenewingCache({ ...options, now, holdOffMs: HOLD_OFF_MS });
  const lists = createCachedLists({ source: inner, cache, store, discoveryMs, staleMs, clock });
  const statistics = createCacheStatistics(staleMs, now);
  const noted = new WeakSet<RememberedObservation>();
  /** When each observation stops being fresh or complete, on the steady scale of this process. */
  const wholeUntil = new WeakMap<RememberedObservation, number>();
  const supplements = createSupplements({ freshMs, now, stopping, onFault: options.onFault });

  function toRenewable(request: ObservationRequest): Renewable<RememberedObservation> {
    const { gpuType, gpuCount, gpuTypes: all, dataCenters: asked } = request;
    return {
      key: observationKey(gpuType, gpuCount),
      loadName: () => inner.batchOf(request),
      async load(demand) {
        const answer = await inner.observe(request, demand);
        const isBelieved = !isAllSoldOut(answer) || !(await isDoubtfulNow(answer, request));
        if (!isBelieved) onDoubt(gpuCount);
        return toLoaded(request, answer, isBelieved ? remember : doubtAnswer);
      },
      onFailed() {
        const batch = inner.batchOf(request);
        for (const about of all) {
          const isOfBatch = inner.batchOf({ gpuType: about, gpuCount }) === batch;
          if (isOfBatch) statistics.failed(observationKey(about, gpuCount), asked.length);
        }
      },
      onSeen({ value }) {
        if (noted.has(value)) return;
        note(observationKey(gpuType, gpuCount), value);
        onHeard(request, value.latest.cells);
      },
      dueAfterMs: (remembered) =>
        (isComplete(remembered) ? freshMs : Math.min(freshMs, INCOMPLETE_MS)) - spreadMs(remembered),
      goodForMs: staleMs,
      mayServe: (remembered, ageMs) =>
        ageMs < INCOMPLETE_MS || isComplete(remembered) || isKnown(recall(remembered, lifetimes, now())),
      // A doubted answer is not refreshed early, because an early second answer would not confirm it.
      lacks: ({ latest, doubted }) => doubted === null && !covers(latest, request),
    };
  }

  /** The observations of an answer, each with the function that merges it into the cached one. */
  function toLoaded(
    request: ObservationRequest,
    answer: readonly Observation[],
    merge: Merge,
  ): readonly Loaded<RememberedObservation>[] {
    const toldById = new Map(answer.map((told) => [told.gpuTypeId, told]));
    return request.gpuTypes.flatMap((about) => {
      const told = toldById.get(about.id);
      if (told === undefined) return [];
      const key = observationKey(about, request.gpuCount);
      return {
        key,
        ...askedOf(told),
        merge(kept: Kept<RememberedObservation> | undefined) {
          const before = kept?.value;
          const remembered = merge(told, before);
          note(key, remembered);
          if (hasNewStock(remembered.latest, before?.latest)) supplements.lacks(key);
          if (remembered.doubted === null) onObserved({ ...request, gpuType: about }, remembered.latest.cells);
          return remembered;
        },
      };
    });
  }

  /** Whether to doubt an answer in which everything is sold out. */
  async function isDoubtfulNow(answer: readonly Observation[], { gpuTypes, gpuCount }: ObservationRequest) {
    const told = new Set(answer.map(({ gpuTypeId }) => gpuTypeId));
    const about = gpuTypes.filter(({ id }) => told.has(id));
    const keys = about.map((gpuType) => observationKey(gpuType, gpuCount));
    const kept = await Promise.all(keys.map((key) => store.get<RememberedObservation>(key)));
    const before = kept.flatMap((one) => one?.value ?? []);
    return isDoubtful(before, answer[0]?.askedAt ?? now(), freshMs * CONFIRMED_AFTER);
  }

  /** Queues a request for a supplement. A client of `demand` pays for it, while it has half of its budget left for its own questions. */
  function askForSupplement(request: ObservationRequest, demand: Pick<Demand, 'clients'>): void {
    const other = inner.supplementOf(request);
    if (other === null || !maySpare(demand)) return;
    const { clients } = demand;
    const renewable = toRenewable(request);
    supplements.want(renewable.key, async (unpaid) => {
      // Another replica may have requested the supplement, or the other source may have reported the stock itself.
      const known = (await cache.lookUp(renewable))?.look();
      if (known === undefined || spotAgeMs(known.latest, now()) < supplements.periodMs) return 'not asked';
      if (!maySpare({ clients })) return 'postponed';
      let supplied: Supplied = 'not asked';
      const load = async (shared: Demand) => {
        const answer = await other.observe(request, shared);
        supplied = answer.some(bringsSpot) ? 'something' : 'nothing';
        return toLoaded(request, answer, addSupplement).map((loaded) => ({ ...loaded, isAddition: true }));
      };
      await cache.renew(
        { ...renewable, load, loadName: () => `+${other.loadName}`, onFailed: () => {} },
        { ...unpaid, clients },
      );
      return supplied;
    });
  }

  const doubtAnswer: Merge = (told, before) => (before === undefined ? remember(told, before) : doubt(told, before));

  function addSupplement(told: Observation, before: RememberedObservation | undefined): RememberedObservation {
    if (before === undefined) return remember(told, before);
    const toldById = new Map(told.cells.map((cell) => [cell.dataCenterId, cell]));
    for (const cell of before.latest.cells) {
      const added = toldById.get(cell.dataCenterId);
      if (added !== undefined) onSupplemented(cell, added);
    }
    return supplement(told, before);
  }

  function note(key: string, remembered: RememberedObservation): void {
    noted.add(remembered);
    statistics.loaded(key, () => recallNow(remembered));
  }

  function wholeUntilOf(remembered: RememberedObservation): number {
    const until = wholeUntil.get(remembered) ?? untilWhole(remembered, lifetimes);
    wholeUntil.set(remembered, until);
    return until;
  }

  const recallNow = (remembered: RememberedObservation): Observation => recall(remembered, lifetimes, now());

  return {
    status: inner.status,
    gpuTypes: lists.gpuTypes,
    dataCenters: lists.dataCenters,
    batchOf: inner.batchOf,
    costOf: inner.costOf,
    listCost: inner.listCost,
    async observe(request, demand) {
      const remembered = await cache.read(toRenewable(request), demand);
      if (demand.awaited) askForSupplement(request, demand);
      return recallNow(remembered);
    },
    peekLists: lists.peek,
    peek(request) {
      const remembered = store.peek<RememberedObservation>(observationKey(request.gpuType, request.gpuCount))?.value;
      if (remembered === undefined || now() >= wholeUntilOf(remembered)) return undefined;
      if (!covers(remembered.latest, request)) return undefined;
      return remembered.latest;
    },
    peeked: (reads) => options.onRead('fresh', reads),
    async lookUp(request) {
      const known = await cache.lookUp(toRenewable(request));
      if (known === undefined) return null;
      return {
        look: () => recallNow(known.look()),
        take(demand) {
          askForSupplement(request, demand);
          return recallNow(known.take(demand));
        },
      };
    },
    renew: (request, demand) => cache.renew(toRenewable(request), demand),
    supplement: (request) => askForSupplement(request, { clients: [GATEWAY] }),
    version: cache.version,
    listsFreshUntil: lists.freshUntil,
    freshMs,
    hasLists: lists.areKept,
    readiness: lists.readiness,
    countCells: statistics.count,
  };
}

/** Cache keys by GPU type and pod size, remembered because hashing new strings is slow and a large query looks up dozens of them. */
const observationKeys = new WeakMap<GpuType, Map<number, string>>();

function observationKey(gpuType: GpuType, gpuCount: number): string {
  const known = observationKeys.get(gpuType)?.get(gpuCount);
  if (known !== undefined) return known;
  const key = `${OBSERVATION_KEY_PREFIX}${gpuCount} ${gpuType.id}`;
  const keys = observationKeys.get(gpuType) ?? new Map<number, string>();
  observationKeys.set(gpuType, keys.set(gpuCount, key));
  return key;
}

/** Whether every cell was observed. */
const isKnown = ({ cells }: Observation): boolean => cells.every(isObserved);
