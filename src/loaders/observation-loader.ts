import { setImmediate } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Catalog, Demand } from '../domain/catalog.ts';
import type { Lists } from '../domain/lists.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { Budget } from './budget.ts';
import type { RunningLoads } from './running-loads.ts';
import type { Validity } from './validity.ts';

/**
 * The number of observations whose loading starts immediately. It equals the default limit of concurrent requests to RunPod. The other
 * loads start a moment later, because queueing dozens of requests takes time.
 */
const STARTED_AT_ONCE = 3;

/** Reads observations. Can also return a cached observation without a request to the source of the data. */
export interface ObservedCatalog extends Pick<Catalog, 'observe' | 'costOf'> {
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly take: (demand: Demand) => Observation } | null>;
}

/** Dependencies of `createObservationLoader`. */
export interface ObservationLoaderDeps {
  readonly catalog: ObservedCatalog;
  readonly demand: Demand;
  readonly budget: Budget;
  readonly tracer: Tracer;
  readonly running: RunningLoads;
  readonly readLists: () => Promise<Lists>;
  /** Records the observations that the response is made from. */
  readonly validity: Pick<Validity, 'readObservation'>;
}

/** Creates a loader that reads each observation once. Observations that are requested in the same tick are loaded in one batch. */
export const createObservationLoader = (deps: ObservationLoaderDeps) =>
  new DataLoader<ObservationKey, Promise<Observation>, string>((keys) => loadAll(deps, keys), {
    name: 'observation',
    cacheKeyFn: nameOfObservation,
  });

/** Returns the number of upstream requests that reading the observations of these keys would cause now. */
export async function countUpstreamRequests(
  { catalog, readLists }: Pick<ObservationLoaderDeps, 'catalog' | 'readLists'>,
  keys: readonly ObservationKey[],
): Promise<number> {
  const distinct = [...new Map(keys.map((key) => [nameOfObservation(key), key])).values()];
  const lists = await readLists();
  const known = await Promise.all(distinct.map((key) => catalog.lookUp({ ...key, ...lists })));
  return costOf(
    catalog,
    distinct.filter((_key, index) => known[index] === null),
  );
}

const costOf = (catalog: ObservedCatalog, keys: readonly ObservationKey[]): number =>
  new Set(keys.flatMap(catalog.costOf)).size;

/**
 * Loads a batch of observations within one span of the trace. Each observation resolves on its own; only the span waits for all of them.
 */
function loadAll(
  deps: ObservationLoaderDeps,
  keys: readonly ObservationKey[],
): Promise<readonly Promise<Observation>[]> {
  return new Promise((resolve, reject) => {
    const load = async () => {
      const loads = await startAll(deps, keys);
      resolve(loads);
      await Promise.allSettled(loads);
    };
    deps.tracer
      .span('load observations', { attributes: { 'gateway.batch.size': keys.length } }, load)
      .catch((error: unknown) => reject(toError(error)));
  });
}

/** Starts loading the observations. First counts all necessary requests to RunPod, and throws if the budget does not allow them. */
async function startAll(
  { catalog, demand, budget, running, readLists, validity }: ObservationLoaderDeps,
  keys: readonly ObservationKey[],
): Promise<Promise<Observation>[]> {
  const lists = await readLists();
  const requests = keys.map((key) => ({ ...key, ...lists }));
  const known = await Promise.all(requests.map((request) => catalog.lookUp(request)));
  budget.spendUpstreamRequests(
    costOf(
      catalog,
      keys.filter((_key, index) => known[index] === null),
    ),
  );
  let started = 0;
  const observe = async (request: ObservationRequest, index: number) => {
    const hit = known[index];
    if (hit != null) return hit.take(demand);
    started += 1;
    if (started > STARTED_AT_ONCE) await setImmediate();
    return running.track(catalog.observe(request, demand));
  };
  return requests.map(async (request, index) => {
    const observation = await observe(request, index);
    const { gpuType, gpuCount } = request;
    validity.readObservation(observation, { gpuType, gpuCount });
    return observation;
  });
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error('not an error', { cause: error }));
