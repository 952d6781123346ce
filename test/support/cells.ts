import type { Observation, ObservedCell } from '../../src/domain/observation.ts';

/** A cell in stock that was requested at `askedAt`, in milliseconds. */
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

/** An observation of a GPU type for pods of one GPU. */
export const observationOf = (gpuTypeId: string, askedAt: number, cells: Observation['cells']): Observation => ({
  gpuTypeId,
  gpuCount: 1,
  askedAt,
  observedAt: new Date(askedAt).toISOString(),
  cells,
});
