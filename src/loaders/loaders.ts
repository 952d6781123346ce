import { setImmediate } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Catalog, Demand } from '../domain/catalog.ts';
import type { DataCenter } from '../domain/data-center.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import { type Outcome, type TypeRows, type TypesScope, toTypeRows } from '../domain/type-rows.ts';
import { type Tracer, UNTRACED } from '../tracing/tracer.ts';
import type { Budget } from './budget.ts';
import { createMemory, type Memory, type Peeked } from './memory.ts';
import { sortDataCenters, sortGpuTypes } from './sorted-lists.ts';
import { createValidity, type Validity } from './validity.ts';

/** As many as RunPod is asked at a time are sent before the others are put in line, which takes a while when there are dozens. */
const ASKED_FIRST = 3;

/** What the resolvers of one request read from; the same question is asked of the catalog once. */
export interface Loaders {
  /** By display name. Rejects with an `UpstreamError`. */
  gpuTypes(): Promise<readonly GpuType[]>;
  /** The one with the very id, or `null`. Rejects with an `UpstreamError`. */
  gpuType(id: string): Promise<GpuType | null>;
  /** By id. Rejects with an `UpstreamError`. */
  dataCenters(): Promise<readonly DataCenter[]>;
  /** The one with the very id, or `null`. Rejects with an `UpstreamError`. */
  dataCenter(id: string): Promise<DataCenter | null>;
  /**
   * The rows of each of the GPU types, in their order, built while RunPod is asked for others. They are there when the upstream
   * fails, too. Rejects with an `OperationTooComplexError`, before anything is asked, when that would be past the budget.
   */
  rowsOfTypes(scope: TypesScope): Promise<readonly TypeRows[]>;
  /** The same, each as soon as it is known. They reject together where `rowsOfTypes` would. */
  rowsOfTypesInTurn(scope: TypesScope): readonly Promise<TypeRows>[];
  /** Rejects with an `OperationTooComplexError` when asking for all of these would be past the budget. Asks for nothing. */
  foresee(questions: readonly Foreseen[]): Promise<void>;
  /** Forgets what was read and what it cost, for the next event of a subscription, which is an operation of its own. */
  forget(): void;
  /** What can be had without waiting; it is not among what is loaded. */
  readonly memory: Memory;
  /** What the request may still cost. */
  readonly budget: Budget;
  /** How long the answer holds. */
  readonly validity: Validity;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Resolves when nothing is being loaded any more, so that what is then said of the source includes how it answered. */
  settled(): Promise<void>;
}

/** GPU types that may be asked for, for pods of one size. */
interface Foreseen {
  readonly gpuTypes: readonly GpuType[];
  readonly gpuCount: number;
}

/** What loaders read: a catalog that can tell what it would answer without asking its source. */
export interface LoadedCatalog extends Catalog, Peeked {
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly take: (demand: Demand) => Observation } | null>;
  /** Whether both lists are kept. */
  readonly hasLists: () => boolean;
  /** Until when they are fresh, on the steady scale of this process. */
  readonly listsFreshUntil: () => number;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
}

/** Loaders for one request, whose wish `demand` is, and which may cost `budget`. */
export function createLoaders(
  catalog: LoadedCatalog,
  demand: Demand,
  budget: Budget,
  tracer: Tracer = UNTRACED,
): Loaders {
  const validity = createValidity(catalog.listsFreshUntil);
  const loading = new Set<Promise<unknown>>();
  const track = <T>(load: Promise<T>): Promise<T> => {
    const forget = () => loading.delete(load);
    loading.add(load);
    load.then(forget, forget);
    return load;
  };
  const toList = <T>(load: (demand: Demand) => Promise<readonly T[]>, sort: (list: readonly T[]) => readonly T[]) =>
    once(async () => {
      budget.spendUpstreamRequests(catalog.hasLists() ? 0 : catalog.listCost);
      const rows = await track(load(demand));
      validity.readList();
      return sort(rows);
    });
  const gpuTypes = toList(catalog.gpuTypes, sortGpuTypes);
  const dataCenters = toList(catalog.dataCenters, sortDataCenters);
  const gpuTypeById = once(async () => indexById(await gpuTypes()));
  const dataCenterById = once(async () => indexById(await dataCenters()));

  const readLists = async () => {
    const [types, centers] = await Promise.all([gpuTypes(), dataCenters()]);
    return { gpuTypes: types, dataCenters: centers };
  };
  const countRequests = (keys: readonly ObservationKey[]) => new Set(keys.flatMap(catalog.costOf)).size;

  /** What is asked, once all of it may be. */
  async function observeAll(keys: readonly ObservationKey[]): Promise<Promise<Observation>[]> {
    const lists = await readLists();
    const requests = keys.map((key) => ({ ...key, ...lists }));
    const known = await Promise.all(requests.map((request) => catalog.lookUp(request)));
    budget.spendUpstreamRequests(countRequests(keys.filter((_key, index) => known[index] === null)));
    let asked = 0;
    return requests.map(async (request, index) => {
      const hit = known[index];
      if (hit != null) return hit.take(demand);
      asked += 1;
      if (asked > ASKED_FIRST) await setImmediate();
      return track(catalog.observe(request, demand));
    });
  }

  /** Nobody waits for the last of them who wants another; their span does. */
  function loadAll(keys: readonly ObservationKey[]): Promise<readonly Promise<Observation>[]> {
    return new Promise((resolve, reject) => {
      const load = async () => {
        const loads = await observeAll(keys);
        resolve(loads);
        await Promise.allSettled(loads);
      };
      tracer
        .span('load observations', { attributes: { 'gateway.batch.size': keys.length } }, load)
        .catch((error: unknown) => reject(toError(error)));
    });
  }

  const observations = new DataLoader<ObservationKey, Promise<Observation>, string>(loadAll, {
    name: 'observation',
    cacheKeyFn: toKey,
  });

  /** What became of asking. */
  async function toOutcome(key: ObservationKey): Promise<Outcome> {
    try {
      return await observations.load(key);
    } catch (error) {
      if (error instanceof UpstreamError) return error;
      throw error;
    }
  }

  const rowsOfTypesInTurn = ({ gpuTypes: types, dataCenters: centers, gpuCount }: TypesScope) =>
    types.map(async (gpuType) =>
      toTypeRows({ gpuType, dataCenters: centers, gpuCount }, await toOutcome({ gpuType, gpuCount })),
    );

  return {
    memory: createMemory(catalog),
    budget,
    validity,
    freshMs: catalog.freshMs,
    gpuTypes,
    gpuType: async (id) => (await gpuTypeById()).get(id) ?? null,
    dataCenters,
    dataCenter: async (id) => (await dataCenterById()).get(id) ?? null,
    rowsOfTypes: (scope) => Promise.all(rowsOfTypesInTurn(scope)),
    rowsOfTypesInTurn,
    forget() {
      for (const read of [gpuTypes, dataCenters, gpuTypeById, dataCenterById]) read.forget();
      observations.clearAll();
      budget.reset();
    },
    async foresee(questions) {
      const keys = questions.flatMap(({ gpuTypes: types, gpuCount }) =>
        types.map((gpuType) => ({ gpuType, gpuCount })),
      );
      const distinct = [...new Map(keys.map((key) => [toKey(key), key])).values()];
      const lists = await readLists();
      const known = await Promise.all(distinct.map((key) => catalog.lookUp({ ...key, ...lists })));
      budget.checkUpstreamRequests(countRequests(distinct.filter((_key, index) => known[index] === null)));
    },
    async settled() {
      // What is loaded next is known a moment after what it depends on.
      await setImmediate();
      while (loading.size > 0) {
        await Promise.allSettled(loading);
        await setImmediate();
      }
    },
  };
}

const toKey = ({ gpuType, gpuCount }: ObservationKey): string => `${gpuCount} ${gpuType.id}`;

/** Loads once until it is told to forget. */
function once<T>(load: () => Promise<T>) {
  let loading: Promise<T> | undefined;
  const read = () => {
    loading ??= load();
    return loading;
  };
  const forget = () => {
    loading = undefined;
  };
  return Object.assign(read, { forget });
}

const indexById = <T extends { readonly id: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]));

const toError = (error: unknown) => (error instanceof Error ? error : new Error('not an error', { cause: error }));
