import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Observation, ObservationRequest } from '../domain/observation.ts';
import { sortDataCenters, sortGpuTypes } from './sorted-lists.ts';

/** Everything that there is. */
export interface Lists {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
}

/** What is at hand: fresh, whole, and had without waiting, so that who needs nothing else can be answered at once. */
export interface Memory {
  /** Both lists, in the orders that clients see them in; `null` when one is not at hand. */
  lists(): Lists | null;
  /** Of each of the GPU types, in their order; `null` when one is not at hand. `lists` as told by it. */
  observations(gpuTypes: readonly GpuType[], gpuCount: number, lists: Lists): readonly Observation[] | null;
}

/** What it is read from. */
export interface Peeked {
  readonly peekLists: () => Lists | undefined;
  readonly peek: (request: ObservationRequest) => Observation | undefined;
  readonly peeked: (reads: number) => void;
}

/** Lists that are read for an answer. */
const LISTS = 2;

/** The memory of `catalog`, for any number of requests. */
export function createMemory(catalog: Peeked): Memory {
  return {
    lists() {
      const lists = catalog.peekLists();
      if (lists === undefined) return null;
      return { gpuTypes: sortGpuTypes(lists.gpuTypes), dataCenters: sortDataCenters(lists.dataCenters) };
    },
    observations(gpuTypes, gpuCount, lists) {
      const observations: Observation[] = [];
      for (const gpuType of gpuTypes) {
        const { dataCenters } = lists;
        const observation = catalog.peek({ gpuType, gpuCount, gpuTypes: lists.gpuTypes, dataCenters });
        if (observation === undefined) return null;
        observations.push(observation);
      }
      catalog.peeked(LISTS + observations.length);
      return observations;
    },
  };
}
