import { expect, it } from 'vitest';
import { exclusionsOf } from '../../src/domain/placement/exclusions.ts';
import type { Needs } from '../../src/domain/placement/needs.ts';
import { toTypeRows } from '../../src/domain/type-rows.ts';
import { cellOf, observationOf } from '../support/cells.ts';
import { dataCenterOf, gpuTypeOf } from '../support/runpod-catalog.ts';

const DATA_CENTERS = ['EU-RO-1', 'US-TX-3'].map(dataCenterOf);
const GPU_TYPE = gpuTypeOf({});
const NO_NEEDS: Needs = {
  gpuCount: 1,
  minTotalMemoryGb: null,
  ofGpuType: [],
  ofDataCenter: [],
  minStock: null,
  maxPricePerHour: null,
};

/** Returns the rows of two cells in stock, with these stock levels and prices per pod. */
const rowsOf = (stocks: readonly ('LOW' | 'MEDIUM')[], prices: readonly (number | null)[]) => {
  const cells = DATA_CENTERS.map(({ id }, index) => {
    const price = prices[index] ?? null;
    const onDemandPrice = price === null ? null : { perGpu: price, perPod: price };
    return cellOf(id, 1, { stock: stocks[index] ?? 'LOW', available: true, onDemandPrice });
  });
  return toTypeRows(
    { gpuType: GPU_TYPE, dataCenters: DATA_CENTERS, gpuCount: 1 },
    observationOf(GPU_TYPE.id, 1, cells),
  );
};

it.each([
  [
    { maxPricePerHour: 0.5 },
    'TOO_EXPENSIVE',
    'The lowest price is $0.7; at most $0.5 per pod and hour was needed.',
    [0.9, 0.7],
  ],
  [
    { maxPricePerHour: 0.5 },
    'NO_PRICE',
    'RunPod quotes no price in any data center; at most $0.5 per pod and hour was needed.',
    [null, null],
  ],
  [{ minStock: 'HIGH' as const }, 'STOCK_TOO_LOW', 'The highest stock level is MEDIUM; HIGH was needed.', [0.9, 0.7]],
])(
  'cells with the same reason are merged, and the message names the best of them: %j',
  (needs, reason, message, prices) => {
    const typeRows = rowsOf(['LOW', 'MEDIUM'], prices);
    const query = {
      gpuTypes: [GPU_TYPE],
      dataCenters: DATA_CENTERS,
      needs: { ...NO_NEEDS, ...needs },
      preference: 'CHEAPEST' as const,
    };
    expect(exclusionsOf(query, () => typeRows)).toEqual([
      { gpuType: GPU_TYPE, dataCenter: null, gpuCount: 1, reason, message },
    ]);
  },
);

it('cells with different reasons are not merged', () => {
  const typeRows = rowsOf(['LOW', 'LOW'], [0.9, null]);
  const needs = { ...NO_NEEDS, maxPricePerHour: 0.5 };
  const query = { gpuTypes: [GPU_TYPE], dataCenters: DATA_CENTERS, needs, preference: 'CHEAPEST' as const };
  expect(exclusionsOf(query, () => typeRows).map(({ reason }) => reason)).toEqual(['TOO_EXPENSIVE', 'NO_PRICE']);
});
