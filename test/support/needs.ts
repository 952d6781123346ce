import type { Needs } from '../../src/domain/placement/needs.ts';

/** Needs that every pod meets. */
export const NO_NEEDS: Needs = {
  gpuCount: null,
  minTotalMemoryGb: null,
  ofGpuType: [],
  ofDataCenter: [],
  minStock: null,
  maxPricePerHour: null,
};
