import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Observation, ObservationRequest } from '../domain/observation.ts';
import { sortDataCenters, sortGpuTypes } from './sorted-lists.ts';

/** The complete lists of GPU types and data centers. */
export interface Lists {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
}

/** Answers in memory that are fresh and complete. A request that needs nothing else can be answered without waiting. */
export interface Memory {
  /** Both lists, in the order in which clients see them; `null` if either is not in memory and fresh. */
  lists(): Lists | null;
  /** The observation of each GPU type, in order; `null` if any is missing. `lists` is the result of `lists()`. */
  observations(gpuTypes: readonly GpuType[], gpuCount: number, lists: Lists): readonly Observation[] | null;
}

/** The part of a catalog that reads from memory. */
export interface Peeked {
  readonly peekLists: () => Lists | undefined;
  readonly peek: (request: ObservationRequest) => Observation | undefined;
  readonly peeked: (reads: number) => void;
}

/** The number of lists that each answer reads. */
const LISTS = 2;

/** Creates the memory of `catalog`. Any number of requests can share it. */
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
