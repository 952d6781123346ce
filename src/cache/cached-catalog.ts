import type { Catalog, Demand, SourceCatalog } from '../domain/catalog.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Cell, Observation, ObservationRequest, ObservationScope } from '../domain/observation.ts';
import { createInventory, type Stocktaking } from './inventory.ts';
import { isComplete, type RememberedObservation, recall, remember, untilWhole } from './remembered-observation.ts';
import {
  createRenewingCache,
  type Known,
  type Loaded,
  type Renewable,
  type RenewingCacheOptions,
} from './renewing-cache.ts';
import { createSupplements } from './supplements.ts';

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
  /** Told of each observation that another replica has made, when it is first met here. */
  readonly onHeard: (scope: ObservationScope, cells: readonly Cell[]) => void;
  /** Aborted when nothing is to be asked any more that nobody waits for. */
  readonly stopping: AbortSignal;
}

/** Whether questions can be answered, as far as can be told without asking. */
export type Readiness = 'ready' | 'starting' | 'unavailable';

/** A catalog that keeps its answers. */
export interface CachedCatalog extends Catalog {
  /** Both lists, when they are fresh and had without waiting. */
  readonly peekLists: () => Pick<ObservationRequest, 'gpuTypes' | 'dataCenters'> | undefined;
  /** What `observe` would give, when that is had without waiting, is fresh, and lacks nothing. */
  readonly peek: (request: ObservationRequest) => Observation | undefined;
  /** To be told of so many things that were peeked at and answered with, which are reads. */
  readonly peeked: (reads: number) => void;
  /** What `observe` would give without asking the source, or `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<Known<Observation> | null>;
  /** Has a newer answer fetched, although there may be a fresh one. Rejects like `observe`. */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Has what another source adds to it fetched, when that is due. Nobody waits for it. */
  readonly supplement: (request: ObservationRequest) => void;
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
  { lifetimes, onObserved, onHeard, stopping, ...options }: CachedCatalogOptions,
): CachedCatalog {
  const { freshMs, staleMs, discoveryMs } = lifetimes;
  const { now } = options;
  const cache = createRenewingCache({ ...options, holdOffMs: HOLD_OFF_MS });
  const inventory = createInventory(staleMs, now);
  const noted = new WeakSet<RememberedObservation>();
  /** Until when each is fresh and lacks nothing, in milliseconds since 1970. */
  const wholeUntil = new WeakMap<RememberedObservation, number>();
  const supplements = createSupplements({ freshMs, now, stopping, onFault: options.onFault });

  const gpuTypes = toList('gpuTypes', inner.gpuTypes);
  const dataCenters = toList('dataCenters', inner.dataCenters);

  function toList<T>(name: string, load: (demand: Demand) => Promise<T>) {
    const state = { freshUntil: Number.NEGATIVE_INFINITY, goodUntil: Number.NEGATIVE_INFINITY, hasFailed: false };
    const goodForMs = discoveryMs + staleMs;
    const key = `v1:${name}`;
    const renewable: Renewable<T> = {
      key,
      loadName: () => name,
      async load(demand) {
        const list = await load(demand);
        return [{ key, merge: () => list }];
      },
      onSeen({ loadedAt }) {
        state.freshUntil = loadedAt + discoveryMs;
        state.goodUntil = loadedAt + goodForMs;
        state.hasFailed = false;
      },
      onFailed() {
        state.hasFailed = true;
      },
      dueAfterMs: () => discoveryMs,
      goodForMs,
    };
    return { renewable, state };
  }

  function toRenewable(request: ObservationRequest, observe = inner.observe): Renewable<RememberedObservation> {
    const { gpuType, gpuCount, gpuTypes: all, dataCenters: asked } = request;
    const toKey = (about: GpuType) => observationKey(about, gpuCount);

    function remembering(told: Observation, about: GpuType): Loaded<RememberedObservation> {
      const key = toKey(about);
      return {
        key,
        merge(before) {
          const remembered = remember(told, before);
          note(key, remembered);
          if (lacksSpot(remembered)) supplements.lacks(key);
          onObserved({ ...request, gpuType: about }, remembered.latest.cells);
          return remembered;
        },
      };
    }

    return {
      key: toKey(gpuType),
      loadName: () => inner.batchOf(request),
      async load(demand) {
        const byId = new Map((await observe(request, demand)).map((told) => [told.gpuTypeId, told]));
        return all.flatMap((about) => {
          const told = byId.get(about.id);
          return told === undefined ? [] : [remembering(told, about)];
        });
      },
      onFailed() {
        const batch = inner.batchOf(request);
        for (const about of all) {
          if (inner.batchOf({ gpuType: about, gpuCount }) === batch) inventory.failed(toKey(about), asked.length);
        }
      },
      onSeen({ value }) {
        if (noted.has(value)) return;
        note(toKey(gpuType), value);
        onHeard(request, value.latest.cells);
      },
      dueAfterMs: (remembered) => (isComplete(remembered) ? freshMs : Math.min(freshMs, INCOMPLETE_MS)),
      goodForMs: staleMs,
      mayServe: (remembered, ageMs) =>
        ageMs < INCOMPLETE_MS || isComplete(remembered) || isKnown(recall(remembered, lifetimes, now())),
      lacks: ({ latest }) => !covers(latest, request),
    };
  }

  function supplement(request: ObservationRequest): void {
    const supplementary = inner.supplementOf(request);
    if (supplementary === null) return;
    const renewable = toRenewable(request, supplementary.observe);
    const loadName = () => supplementary.loadName;
    supplements.want(renewable.key, async (demand) => {
      // It may have been told meanwhile, in place of the other source or to another replica.
      const known = (await cache.lookUp(renewable))?.look();
      if (known !== undefined && spotAgeMs(known, now()) < supplements.periodMs) return;
      await cache.renew({ ...renewable, loadName, onFailed: () => {} }, demand);
    });
  }

  function note(key: string, remembered: RememberedObservation): void {
    noted.add(remembered);
    inventory.loaded(key, () => recallNow(remembered));
  }

  function wholeUntilOf(remembered: RememberedObservation): number {
    const until = wholeUntil.get(remembered) ?? untilWhole(remembered, lifetimes);
    wholeUntil.set(remembered, until);
    return until;
  }

  const recallNow = (remembered: RememberedObservation): Observation => recall(remembered, lifetimes, now());

  const lists = [gpuTypes.state, dataCenters.state];
  const hasLists = () => lists.every(({ goodUntil }) => now() < goodUntil);

  return {
    status: inner.status,
    gpuTypes: (demand) => cache.read(gpuTypes.renewable, demand),
    dataCenters: (demand) => cache.read(dataCenters.renewable, demand),
    batchOf: inner.batchOf,
    costOf: inner.costOf,
    listCost: inner.listCost,
    async observe(request, demand) {
      const remembered = await cache.read(toRenewable(request), demand);
      if (demand.awaited) supplement(request);
      return recallNow(remembered);
    },
    peekLists() {
      if (lists.some(({ freshUntil }) => now() >= freshUntil)) return undefined;
      const known = {
        gpuTypes: options.store.peek<readonly GpuType[]>(gpuTypes.renewable.key)?.value,
        dataCenters: options.store.peek<readonly DataCenter[]>(dataCenters.renewable.key)?.value,
      };
      if (known.gpuTypes === undefined || known.dataCenters === undefined) return undefined;
      return { gpuTypes: known.gpuTypes, dataCenters: known.dataCenters };
    },
    peek(request) {
      const key = observationKey(request.gpuType, request.gpuCount);
      const remembered = options.store.peek<RememberedObservation>(key)?.value;
      if (remembered === undefined || now() >= wholeUntilOf(remembered)) return undefined;
      if (!covers(remembered.latest, request)) return undefined;
      supplement(request);
      return remembered.latest;
    },
    peeked: (reads) => options.onRead('fresh', reads),
    async lookUp(request) {
      const known = await cache.lookUp(toRenewable(request));
      if (known === undefined) return null;
      return {
        look: () => recallNow(known.look()),
        take() {
          supplement(request);
          return recallNow(known.take());
        },
      };
    },
    renew: (request, demand) => cache.renew(toRenewable(request), demand),
    supplement,
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

/** By GPU type and pod size. A text that is made anew is hashed anew, and whoever asks for everything looks up dozens. */
const observationKeys = new WeakMap<GpuType, Map<number, string>>();

function observationKey(gpuType: GpuType, gpuCount: number): string {
  const known = observationKeys.get(gpuType)?.get(gpuCount);
  if (known !== undefined) return known;
  const key = `v2:observation:${gpuCount} ${gpuType.id}`;
  const keys = observationKeys.get(gpuType) ?? new Map<number, string>();
  observationKeys.set(gpuType, keys.set(gpuCount, key));
  return key;
}

/** Whether spot price and pod sizes of something in stock are not known. */
const lacksSpot = ({ latest }: RememberedObservation): boolean =>
  latest.cells.some((cell) => cell.failure === null && cell.available && cell.spotObservedAt === null);

/** How old the oldest spot price of what is in stock is, in milliseconds; infinite when one is not known. */
function spotAgeMs({ latest }: RememberedObservation, now: number): number {
  const times = latest.cells.map((cell) => {
    if (cell.failure !== null || !cell.available) return now;
    return cell.spotObservedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(cell.spotObservedAt);
  });
  return now - Math.min(now, ...times);
}

/** Whether something is known of every cell. */
const isKnown = ({ cells }: Observation): boolean => cells.every(({ failure }) => failure === null);

/** The list of data centers that an observation was last found to cover: it is asked about the same again and again. */
const covered = new WeakMap<Observation, readonly DataCenter[]>();

function covers(observation: Observation, { dataCenters }: ObservationRequest): boolean {
  if (covered.get(observation) === dataCenters) return true;
  const ids = new Set(observation.cells.map(({ dataCenterId }) => dataCenterId));
  const isCovered = dataCenters.every(({ id }) => ids.has(id));
  if (isCovered) covered.set(observation, dataCenters);
  return isCovered;
}
