import { type CachedCatalogOptions, createCachedCatalog } from '../../src/cache/cached-catalog.ts';
import { OWN_LEASES } from '../../src/cache/leases.ts';
import { createMemoryStore } from '../../src/cache/store.ts';
import type { Listing, SourceCatalog } from '../../src/domain/catalog.ts';
import type { DataCenter } from '../../src/domain/data-center.ts';
import type { GpuType } from '../../src/domain/gpu-type.ts';
import type { FailedCell, Observation, ObservationRequest } from '../../src/domain/observation.ts';
import { dataCenterOf, gpuTypeOf } from './list-rows.ts';

/** The lifetimes of the answers in the catalog of `openCatalog`. */
export const LIFETIMES = { freshMs: 60_000, staleMs: 3_600_000, discoveryMs: 900_000 };

export const L4 = gpuTypeOf({ id: 'NVIDIA L4' });
export const A40 = gpuTypeOf({ id: 'NVIDIA A40' });
export const PLACES = ['A', 'B'].map(dataCenterOf);

/** Creates a request for pods with one GPU in the data centers `PLACES`. */
export const requestOf = (gpuType: GpuType = L4, rest: Partial<ObservationRequest> = {}): ObservationRequest => ({
  gpuType,
  gpuCount: 1,
  gpuTypes: [L4, A40],
  dataCenters: PLACES,
  ...rest,
});

/** Returns a promise, and the function that resolves it. */
export function held<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Waits for one turn of the event loop, so that all pending promise callbacks run. */
export const idle = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Creates a cell that could not be observed. */
export const failedCell = (dataCenterId: string): FailedCell => ({
  dataCenterId,
  failure: { code: 'TIMEOUT', message: 'no answer' },
});

/** The answers of a source. A test may replace each of them at any time. */
interface Answers {
  gpuTypes: SourceCatalog['gpuTypes'];
  dataCenters: SourceCatalog['dataCenters'];
  batchOf: SourceCatalog['batchOf'];
  supplementOf: SourceCatalog['supplementOf'];
  /** Answers a request for observations that was sent at `askedAt`. */
  observe(request: ObservationRequest, askedAt: number): Promise<readonly Observation[]>;
}

/**
 * Creates a cached catalog with a simulated clock, whose source gives the answers in `answers`. `told` lists the calls of the catalog's
 * callbacks, and `asked` lists the requests for observations that the source received.
 */
export function openCatalog(options: Partial<CachedCatalogOptions> = {}) {
  let nowMs = 0;
  const told: string[] = [];
  const asked: ObservationRequest[] = [];
  const listing = <Row>(rows: readonly Row[]): Promise<Listing<Row>> =>
    Promise.resolve({ source: 'RUNPOD_REST', rows });
  const answers: Answers = {
    gpuTypes: () => listing<GpuType>([L4, A40]),
    dataCenters: () => listing<DataCenter>(PLACES),
    observe: async () => [],
    batchOf: () => 'all',
    supplementOf: () => null,
  };
  const source: SourceCatalog = {
    status: () => ({ source: 'RUNPOD_REST', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    listCost: 1,
    batchOf: (key) => answers.batchOf(key),
    costOf: (key) => [answers.batchOf(key)],
    gpuTypes: (demand) => answers.gpuTypes(demand),
    dataCenters: (demand) => answers.dataCenters(demand),
    observe(request) {
      asked.push(request);
      return answers.observe(request, nowMs);
    },
    supplementOf: (key) => answers.supplementOf(key),
  };
  const catalog = createCachedCatalog(source, {
    store: createMemoryStore(),
    leases: OWN_LEASES,
    clock: { now: () => nowMs, wallNow: () => nowMs },
    lifetimes: LIFETIMES,
    stopping: new AbortController().signal,
    onRead: () => {},
    onFault: (error) => told.push(`fault: ${String(error)}`),
    onObserved: ({ gpuType }) => told.push(`observed ${gpuType.id}`),
    onObservedElsewhere: ({ gpuType }) => told.push(`observed elsewhere ${gpuType.id}`),
    onDoubt: (gpuCount) => told.push(`doubt ${gpuCount}`),
    onSupplemented: (cell) => told.push(`supplemented ${cell.dataCenterId}`),
    ...options,
  });
  return {
    catalog,
    answers,
    told,
    asked,
    passTo: (ms: number) => {
      nowMs = ms;
    },
  };
}
