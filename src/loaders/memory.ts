import type { GpuType } from '../domain/gpu-type.ts';
import type { Lists } from '../domain/lists.ts';
import type { Observation, ObservationRequest } from '../domain/observation.ts';
import { sortDataCenters, sortGpuTypes } from './sorted-lists.ts';
import type { Sources, Validity } from './validity.ts';

/**
 * Reads answers from memory that are fresh and complete. If these answers suffice for a request, the gateway can respond without waiting.
 */
export interface Memory {
  /** Returns the lists of GPU types and data centers, sorted as clients see them; `null` unless both are fresh and in memory. */
  lists(): Lists | null;
  /**
   * Returns the observation of each GPU type, in the order of `gpuTypes`; `null` if one of them is not in memory, fresh and complete.
   * `lists` is the result of `lists()`. Records that the response was made from these observations and lists.
   */
  observations(gpuTypes: readonly GpuType[], gpuCount: number, lists: Lists): readonly Observation[] | null;
}

/** The functions of a catalog that read from memory. */
export interface PeekableCatalog {
  readonly peekLists: () => Lists | undefined;
  readonly peek: (request: ObservationRequest) => Observation | undefined;
  readonly countFreshReads: (reads: number) => void;
}

/** The number of lists that are read for each response: GPU types and data centers. */
const LISTS = 2;

/** Creates a `Memory` for one request. `validity` records the lists and observations that are read. */
export function createMemory(
  catalog: PeekableCatalog,
  validity: Pick<Validity, 'readList' | 'readObservation'>,
): Memory {
  return {
    lists: () => listsIn(catalog),
    observations(gpuTypes, gpuCount, lists) {
      const observations: Observation[] = [];
      const { gpuTypes: all, dataCenters } = lists;
      for (const gpuType of gpuTypes) {
        const observation = catalog.peek({ gpuType, gpuCount, gpuTypes: all, dataCenters });
        if (observation === undefined) return null;
        observations.push(observation);
        validity.readObservation(observation, { gpuType, gpuCount });
      }
      catalog.countFreshReads(LISTS + observations.length);
      validity.readList(lists.gpuTypes);
      validity.readList(lists.dataCenters);
      return observations;
    },
  };
}

/**
 * Whether all lists and observations that a response was made from are still in the memory of `catalog`, fresh and complete. This check
 * must not count as a read, so call it with a catalog that does not record demand (see `recordDemand`).
 */
export function areCurrent(
  { lists, observations }: Sources,
  catalog: Omit<PeekableCatalog, 'countFreshReads'>,
): boolean {
  const current = listsIn(catalog);
  if (current === null) return false;
  for (const list of lists) if (list !== current.gpuTypes && list !== current.dataCenters) return false;
  for (const [observation, { gpuType, gpuCount }] of observations) {
    if (catalog.peek({ gpuType, gpuCount, ...current }) !== observation) return false;
  }
  return true;
}

function listsIn(catalog: Pick<PeekableCatalog, 'peekLists'>): Lists | null {
  const lists = catalog.peekLists();
  if (lists === undefined) return null;
  return { gpuTypes: sortGpuTypes(lists.gpuTypes), dataCenters: sortDataCenters(lists.dataCenters) };
}
