import { expect, it } from 'vitest';
import type { StockLevel } from '../../src/domain/observation.ts';
import { exclusionsOf } from '../../src/domain/placement/exclusions.ts';
import type { Needs } from '../../src/domain/placement/needs.ts';
import { toTypeRows } from '../../src/domain/type-rows.ts';
import { cellOf, observationOf } from '../support/cells.ts';
import { dataCenterOf, gpuTypeOf } from '../support/list-rows.ts';

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

/** Returns the rows of two cells with these stock levels and prices per pod. */
const rowsOf = (stocks: readonly StockLevel[], prices: readonly (number | null)[]) => {
  const cells = DATA_CENTERS.map(({ id }, index) => {
    const price = prices[index] ?? null;
    const onDemandPrice = price === null ? null : { perGpu: price, perPod: price };
    const stock = stocks[index] ?? 'LOW';
    return cellOf(id, 1, { stock, available: stock !== 'NONE', onDemandPrice });
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

it.each<[readonly StockLevel[], StockLevel]>([
  [['MEDIUM', 'LOW'], 'MEDIUM'],
  [['LOW', 'UNKNOWN'], 'LOW'],
  [['UNKNOWN', 'LOW'], 'LOW'],
  [['UNKNOWN', 'UNKNOWN'], 'UNKNOWN'],
])('the message about the stock levels %j names %s as the highest', (stocks, highest) => {
  const needs = { ...NO_NEEDS, minStock: 'HIGH' as const };
  const query = { gpuTypes: [GPU_TYPE], dataCenters: DATA_CENTERS, needs, preference: 'CHEAPEST' as const };
  expect(exclusionsOf(query, () => rowsOf(stocks, []))).toMatchObject([
    { dataCenter: null, message: `The highest stock level is ${highest}; HIGH was needed.` },
  ]);
});

it('a GPU type that is out of stock everywhere has one entry, which says so', () => {
  const query = { gpuTypes: [GPU_TYPE], dataCenters: DATA_CENTERS, needs: NO_NEEDS, preference: 'CHEAPEST' as const };
  expect(exclusionsOf(query, () => rowsOf(['NONE', 'NONE'], []))).toMatchObject([
    { dataCenter: null, reason: 'OUT_OF_STOCK', message: 'RunPod reports no stock in any data center.' },
  ]);
});

it('a GPU type has one entry if no data center meets all needs, even if each data center violates a different need', () => {
  const needOf = (id: string) => ({
    name: 'dataCenterIds' as const,
    reason: 'OTHER_DATA_CENTER' as const,
    isMet: (dataCenter: { readonly id: string }) => dataCenter.id !== id,
    explain: () => `It is ${id}.`,
  });
  const needs = { ...NO_NEEDS, ofDataCenter: ['EU-RO-1', 'US-TX-3'].map(needOf) };
  const query = { gpuTypes: [GPU_TYPE], dataCenters: DATA_CENTERS, needs, preference: 'CHEAPEST' as const };
  expect(exclusionsOf(query, () => null)).toEqual([
    {
      gpuType: GPU_TYPE,
      dataCenter: null,
      gpuCount: null,
      reason: 'OTHER_DATA_CENTER',
      message: 'No data center has everything that was needed.',
    },
  ]);
});
