import type { Cell, Cells } from '../../src/board/state/cell.ts';
import { createCellStore } from '../../src/board/state/cell-store.ts';
import type { DataCenter, GpuType, Lists } from '../../src/board/state/lists.ts';

/** A GPU type whose name is its id. */
export const sampleGpuType = (id: string, rest: Partial<GpuType> = {}): GpuType => ({
  id,
  displayName: id,
  manufacturer: 'NVIDIA',
  memoryGb: 24,
  securePrice: null,
  ...rest,
});

export const sampleDataCenter = (
  id: string,
  region: DataCenter['region'] = 'EUROPE',
  rest: Partial<DataCenter> = {},
): DataCenter => ({
  id,
  region,
  countryCode: null,
  location: null,
  networkVolume: null,
  globalNetwork: null,
  compliance: null,
  ...rest,
});

/** A cell in low stock at the price `perGpu`, or without stock if `perGpu` is null. */
export function sampleCell(
  gpuTypeId: string,
  dataCenterId: string,
  perGpu: number | null,
  rest: Partial<Cell> = {},
): Cell {
  return {
    id: `${gpuTypeId} in ${dataCenterId}`,
    gpuType: { id: gpuTypeId },
    dataCenter: { id: dataCenterId },
    available: perGpu !== null,
    stock: perGpu === null ? 'NONE' : 'LOW',
    onDemandPrice: perGpu === null ? null : { perGpu, perPod: perGpu },
    spotPrice: null,
    availableGpuCounts: null,
    observedAt: '2026-01-01T00:00:00.000Z',
    stale: false,
    ...rest,
  };
}

/** Puts cells into a new store. Returns the content of the store. */
export function cellsOf(cells: readonly Cell[]): Cells {
  const store = createCellStore(() => 0);
  store.put(cells);
  return store.all.peek();
}

export const sampleLists = (gpuTypes: readonly GpuType[], dataCenters: readonly DataCenter[]): Lists => ({
  gpuTypes,
  dataCenters,
  upstream: { source: 'RUNPOD_GRAPHQL', health: 'UP', recordedAt: null },
});
