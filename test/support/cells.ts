import type { Observation, ObservedCell } from '../../src/domain/observation.ts';

/**
 * Creates a cell (a GPU type in a data center) in stock. The request that observed the cell was sent at `askedAt`, in milliseconds since
 * 1970.
 */
export const cellOf = (dataCenterId: string, askedAt: number, rest: Partial<ObservedCell> = {}): ObservedCell => ({
  dataCenterId,
  failure: null,
  askedAt,
  observedAt: new Date(askedAt).toISOString(),
  source: 'RUNPOD_GRAPHQL',
  stale: false,
  available: true,
  stock: 'HIGH',
  onDemandPrice: null,
  spotPrice: null,
  availableGpuCounts: null,
  spotObservedAt: null,
  spotAskedAt: null,
  ...rest,
});

/** Creates an observation of a GPU type for pods of one GPU. */
export const observationOf = (gpuTypeId: string, askedAt: number, cells: Observation['cells']): Observation => ({
  gpuTypeId,
  gpuCount: 1,
  askedAt,
  observedAt: new Date(askedAt).toISOString(),
  cells,
});
