import type { Catalog, Demand } from '../domain/catalog.ts';
import type { DataCenter } from '../domain/data-center.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { ObservationKey } from '../domain/observation.ts';
import {
  type ObservationResult,
  type TypeRows,
  type TypeScope,
  type TypesScope,
  toTypeRows,
} from '../domain/type-rows.ts';
import { type Tracer, UNTRACED } from '../observability/tracing/tracer.ts';
import type { Budget } from './budget.ts';
import { createListLoaders } from './list-loaders.ts';
import { createMemory, type Memory, type PeekableCatalog } from './memory.ts';
import { countUpstreamRequests, createObservationLoader, type ObservedCatalog } from './observation-loader.ts';
import { createRunningLoads } from './running-loads.ts';
import { createValidity, type Validity } from './validity.ts';

/** Loads the data for the resolvers of one request. Each list and each observation is loaded only once. */
export interface Loaders {
  /** Returns all GPU types, sorted by display name. Rejects with an `UpstreamError`. */
  gpuTypes(): Promise<readonly GpuType[]>;
  /** Returns the GPU type with exactly this id, or `null` if RunPod does not list it. Rejects with an `UpstreamError`. */
  gpuType(id: string): Promise<GpuType | null>;
  /** Returns all data centers, sorted by id. Rejects with an `UpstreamError`. */
  dataCenters(): Promise<readonly DataCenter[]>;
  /** Returns the data center with exactly this id, or `null` if RunPod does not report it. Rejects with an `UpstreamError`. */
  dataCenter(id: string): Promise<DataCenter | null>;
  /**
   * Returns the availability rows of each GPU type, in the order of the GPU types. If the data of a GPU type cannot be loaded, its rows
   * count as failed and contain no stock and no prices. If the necessary requests to RunPod would exceed the budget, rejects with an
   * `OperationTooComplexError` before any request is sent.
   */
  rowsOfTypes(scope: TypesScope): Promise<readonly TypeRows[]>;
  /** Like `rowsOfTypes`, for one GPU type. */
  rowsOfType(scope: TypeScope): Promise<TypeRows>;
  /**
   * Like `rowsOfTypes`, but returns a separate promise for each GPU type. If the necessary requests to RunPod would exceed the budget, all
   * promises reject.
   */
  rowsOfTypesInTurn(scope: TypesScope): readonly Promise<TypeRows>[];
  /**
   * Checks the budget before many observations are loaded. Rejects with an `OperationTooComplexError` if loading all observations in
   * `later` would exceed the budget. Does not load any observation.
   */
  foresee(later: readonly Foreseen[]): Promise<void>;
  /**
   * Discards everything that was read and resets the budget. Call this before the next event of a subscription, because each
   * event counts as an operation of its own.
   */
  forget(): void;
  /** Reads cached answers from memory, without sending requests. The loaders do not remember the results of these reads. */
  readonly memory: Memory;
  /** Counts and limits the cost of the request. */
  readonly budget: Budget;
  /** Determines how long the response may be cached. */
  readonly validity: Validity;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Resolves when no load is running any more. If the status of the source is read after that, it includes the outcome of all requests. */
  settled(): Promise<void>;
}

/** The members of `Loaders` that are needed to answer a request from memory. */
export type MemoryLoaders = Pick<Loaders, 'memory' | 'budget' | 'validity' | 'freshMs'>;

/** Observations that the operation may read later: those of several GPU types, for pods of one size. */
interface Foreseen {
  readonly gpuTypes: readonly GpuType[];
  readonly gpuCount: number;
}

/** Reads availability data. Can also return cached answers without a request to the source of the data. */
export interface LoadedCatalog extends Catalog, PeekableCatalog, ObservedCatalog {
  /** Whether the lists of GPU types and data centers are both in the cache. */
  readonly hasLists: () => boolean;
  /** When the first of the two lists (GPU types and data centers) will stop being fresh, in monotonic milliseconds of this process. */
  readonly listsFreshUntil: () => number;
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
}

/** Creates the loaders of one request. `demand` represents the client of the request, and `budget` limits the cost of the request. */
export function createLoaders(
  catalog: LoadedCatalog,
  demand: Demand,
  budget: Budget,
  tracer: Tracer = UNTRACED,
): Loaders {
  const validity = createValidity(catalog.listsFreshUntil);
  const running = createRunningLoads();
  const lists = createListLoaders(catalog, validity, async (read) => {
    budget.spendUpstreamRequests(catalog.hasLists() ? 0 : catalog.listCost);
    return running.track(read(demand));
  });
  const readLists = lists.both;
  const observations = createObservationLoader({ catalog, demand, budget, tracer, running, readLists, validity });

  /** Loads an observation. If this fails, returns the `UpstreamError` instead of throwing it, so that only this GPU type fails. */
  async function toOutcome({ gpuType, gpuCount }: ObservationKey): Promise<ObservationResult> {
    try {
      return await observations.load({ gpuType, gpuCount });
    } catch (error) {
      if (error instanceof UpstreamError) return error;
      throw error;
    }
  }

  const rowsOfType = async (scope: TypeScope) => toTypeRows(scope, await toOutcome(scope));
  const rowsOfTypesInTurn = ({ gpuTypes, dataCenters, gpuCount }: TypesScope) =>
    gpuTypes.map((gpuType) => rowsOfType({ gpuType, dataCenters, gpuCount }));

  return {
    gpuTypes: lists.gpuTypes,
    gpuType: lists.gpuType,
    dataCenters: lists.dataCenters,
    dataCenter: lists.dataCenter,
    memory: createMemory(catalog, validity),
    budget,
    validity,
    freshMs: catalog.freshMs,
    rowsOfTypes: (scope) => Promise.all(rowsOfTypesInTurn(scope)),
    rowsOfType,
    rowsOfTypesInTurn,
    forget() {
      lists.forget();
      observations.clearAll();
      budget.reset();
      validity.reset();
    },
    async foresee(later) {
      const keys = later.flatMap(({ gpuTypes, gpuCount }) => gpuTypes.map((gpuType) => ({ gpuType, gpuCount })));
      budget.checkUpstreamRequests(await countUpstreamRequests({ catalog, readLists }, keys));
    },
    settled: () => running.settled(),
  };
}
