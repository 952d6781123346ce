import { setImmediate } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Catalog, Demand } from '../domain/catalog.ts';
import type { DataCenter } from '../domain/data-center.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import { type Outcome, type TypeRows, type TypesScope, toTypeRows } from '../domain/type-rows.ts';
import { type Tracer, UNTRACED } from '../observability/tracing/tracer.ts';
import type { Budget } from './budget.ts';
import { createMemory, type Memory, type Peeked } from './memory.ts';
import { sortDataCenters, sortGpuTypes } from './sorted-lists.ts';
import { createValidity, type Validity } from './validity.ts';

/** How many requests start at once: as many as RunPod is sent at a time. Queueing the rest takes a while when there are dozens. */
const ASKED_FIRST = 3;

/** What the resolvers of one request read from. Asks the catalog each question once. */
export interface Loaders {
  /** All GPU types by display name. Rejects with an `UpstreamError`. */
  gpuTypes(): Promise<readonly GpuType[]>;
  /** The GPU type with exactly this id, or `null`. Rejects with an `UpstreamError`. */
  gpuType(id: string): Promise<GpuType | null>;
  /** All data centers by id. Rejects with an `UpstreamError`. */
  dataCenters(): Promise<readonly DataCenter[]>;
  /** The data center with exactly this id, or `null`. Rejects with an `UpstreamError`. */
  dataCenter(id: string): Promise<DataCenter | null>;
  /**
   * The rows of each GPU type, in order, each built as soon as its answer arrives. A GPU type that could not be read yields failed
   * rows. Rejects with an `OperationTooComplexError`, before RunPod is asked, if the requests exceed the budget.
   */
  rowsOfTypes(scope: TypesScope): Promise<readonly TypeRows[]>;
  /** Like `rowsOfTypes`, with one promise for each GPU type. They all reject if `rowsOfTypes` would. */
  rowsOfTypesInTurn(scope: TypesScope): readonly Promise<TypeRows>[];
  /**
   * Rejects with an `OperationTooComplexError` if asking all these questions would exceed the budget. Causes no request for
   * observations.
   */
  foresee(questions: readonly Foreseen[]): Promise<void>;
  /**
   * Discards what was read and resets the budget, for the next event of a subscription, which counts as an operation of its own.
   */
  forget(): void;
  /** What is in memory. Reading it loads nothing and is not part of what the loaders remember. */
  readonly memory: Memory;
  /** What the request may still cost. */
  readonly budget: Budget;
  /** How long the response may be cached. */
  readonly validity: Validity;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Resolves when nothing is loading any more, so that a status read afterwards includes the outcome of all requests. */
  settled(): Promise<void>;
}

/** GPU types that may be asked for, for pods of one size. */
interface Foreseen {
  readonly gpuTypes: readonly GpuType[];
  readonly gpuCount: number;
}

/** A catalog that can return its answers without asking its source. */
export interface LoadedCatalog extends Catalog, Peeked {
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly take: (demand: Demand) => Observation } | null>;
  /** Whether both lists are in the cache. */
  readonly hasLists: () => boolean;
  /** When the first of the two lists stops being fresh, in monotonic milliseconds of this process. */
  readonly listsFreshUntil: () => number;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
}

/** Creates the loaders of one request. `demand` stands for its client, and `budget` limits its cost. */
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
      const rows = sort(await track(load(demand)));
      validity.readList(rows);
      return rows;
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

  /** Starts reading the observations, after the budget has allowed all their upstream requests. */
  async function observeAll(keys: readonly ObservationKey[]): Promise<Promise<Observation>[]> {
    const lists = await readLists();
    const requests = keys.map((key) => ({ ...key, ...lists }));
    const known = await Promise.all(requests.map((request) => catalog.lookUp(request)));
    budget.spendUpstreamRequests(countRequests(keys.filter((_key, index) => known[index] === null)));
    let asked = 0;
    const observe = async (request: ObservationRequest, index: number) => {
      const hit = known[index];
      if (hit != null) return hit.take(demand);
      asked += 1;
      if (asked > ASKED_FIRST) await setImmediate();
      return track(catalog.observe(request, demand));
    };
    return requests.map(async (request, index) => {
      const observation = await observe(request, index);
      const { gpuType, gpuCount } = request;
      validity.readObservations({ gpuTypes: [gpuType], gpuCount, observations: [observation] });
      return observation;
    });
  }

  /** Loads a batch in one span. Each observation resolves on its own; only the span waits for all of them. */
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

  /** Returns an `UpstreamError` as an outcome, so that it fails the cells of one GPU type only. */
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
    memory: createMemory(catalog, validity),
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
      validity.reset();
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
      // A load that depends on another one starts a moment after the other one has ended.
      await setImmediate();
      while (loading.size > 0) {
        await Promise.allSettled(loading);
        await setImmediate();
      }
    },
  };
}

const toKey = ({ gpuType, gpuCount }: ObservationKey): string => `${gpuCount} ${gpuType.id}`;

/** Returns a function that loads once and then returns the same result, until `forget` is called. */
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
