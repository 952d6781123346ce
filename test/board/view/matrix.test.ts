import { describe, expect, it } from 'vitest';
import { cheapestOffers } from '../../../src/board/view/cheapest.ts';
import { DEFAULT_FILTERS, type Filters } from '../../../src/board/view/filters.ts';
import { createMatrix, summariserFor } from '../../../src/board/view/matrix.ts';
import { cellsOf, sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from '../sample-cells.ts';

const LISTS = sampleLists(
  [
    sampleGpuType('A', { memoryGb: 24, securePrice: 0.5 }),
    sampleGpuType('B', { memoryGb: 80, securePrice: 9, manufacturer: 'AMD' }),
    sampleGpuType('C', { memoryGb: null }),
  ],
  [sampleDataCenter('EU-1'), sampleDataCenter('US-1', 'NORTH_AMERICA'), sampleDataCenter('US-2', 'NORTH_AMERICA')],
);
const SAMPLES = [
  sampleCell('A', 'EU-1', 0.6),
  sampleCell('A', 'US-1', 0.4),
  sampleCell('A', 'US-2', null),
  sampleCell('B', 'EU-1', null),
  sampleCell('B', 'US-1', 2),
  sampleCell('B', 'US-2', null),
  sampleCell('C', 'EU-1', null),
  sampleCell('C', 'US-1', null),
  sampleCell('C', 'US-2', null),
];
const CELLS = cellsOf(SAMPLES);
const UNKNOWN = { stock: 'UNKNOWN' as const, available: null, observedAt: null };

/** Creates the matrix for these filters. It includes the rows and columns that have no stock. */
const matrixOf = (change: Partial<Filters> = {}) =>
  createMatrix(LISTS, CELLS, { ...DEFAULT_FILTERS, includeUnavailable: true, ...change });
const rowsOf = (change: Partial<Filters>) => matrixOf(change).rows.map(({ gpuType }) => gpuType.id);
const placesOf = (change: Partial<Filters>) =>
  matrixOf(change).groups.map((group) => group.dataCenters.map(({ id }) => id));

describe('the matrix', () => {
  it('has columns grouped by region, and rows with the lowest price of their available cells', () => {
    const { rows, groups } = matrixOf({ sort: 'name', descending: false });
    expect(rows.map(({ price }) => price)).toEqual([0.4, 2, null]);
    expect(groups.map(({ region }) => region)).toEqual(['NORTH_AMERICA', 'EUROPE']);
  });

  it('has the rows without a value at the end, in both sort directions', () => {
    expect(rowsOf({ sort: 'memory', descending: true })).toEqual(['B', 'A', 'C']);
    expect(rowsOf({ sort: 'memory', descending: false })).toEqual(['A', 'B', 'C']);
    expect(rowsOf({ sort: 'price', descending: true })).toEqual(['B', 'A', 'C']);
    expect(rowsOf({ sort: 'name', descending: true })).toEqual(['C', 'B', 'A']);
  });

  it('has the rows and columns that match the filters', () => {
    expect(rowsOf({ gpu: ' a ' })).toEqual(['A']);
    expect(rowsOf({ manufacturer: 'AMD' })).toEqual(['B']);
    expect(rowsOf({ minMemoryGb: 24 })).toEqual(['B', 'A']);
    expect(rowsOf({ maxPrice: 1 })).toEqual(['A']);
    expect(placesOf({ region: 'EUROPE' })).toEqual([['EU-1']]);
  });

  it('has only rows and columns with an available cell, unless the filters include the others', () => {
    const only = { includeUnavailable: false };
    expect(rowsOf(only)).toEqual(['B', 'A']);
    expect(placesOf(only)).toEqual([['US-1'], ['EU-1']]);
    expect(placesOf({ ...only, maxPrice: 0.5 })).toEqual([['US-1']]);
    expect(rowsOf({ ...only, region: 'EUROPE' })).toEqual(['A']);
    expect(rowsOf({ includeUnavailable: true })).toEqual(['B', 'A', 'C']);
  });

  it('has rows and columns with an unknown cell, because they may have stock, and counts them', () => {
    const cells = cellsOf([...SAMPLES, sampleCell('C', 'US-2', null, UNKNOWN)]);
    const { rows, groups, gpuTypes, dataCenters } = createMatrix(LISTS, cells, DEFAULT_FILTERS);
    expect(rows.map(({ gpuType }) => gpuType.id)).toEqual(['B', 'A', 'C']);
    expect(groups.flatMap((group) => group.dataCenters.map(({ id }) => id))).toEqual(['US-1', 'US-2', 'EU-1']);
    expect([gpuTypes, dataCenters]).toEqual([
      { inStock: 2, unknown: 1, total: 3 },
      { inStock: 2, unknown: 1, total: 3 },
    ]);
  });

  it('counts the matching GPU types and data centers, and those in stock', () => {
    const { gpuTypes, dataCenters } = createMatrix(LISTS, CELLS, DEFAULT_FILTERS);
    expect([gpuTypes, dataCenters]).toEqual([
      { inStock: 2, unknown: 0, total: 3 },
      { inStock: 2, unknown: 0, total: 3 },
    ]);
    expect(matrixOf({ region: 'EUROPE' }).gpuTypes).toEqual({ inStock: 1, unknown: 0, total: 3 });
  });

  it('has totals of the cells in stock for each row and column', () => {
    const { rows, totals } = matrixOf({ sort: 'name', descending: false });
    expect(rows.map(({ total }) => total)).toEqual([2, 1, 0]);
    expect(totals).toEqual({ 'US-1': 2, 'US-2': 0, 'EU-1': 1 });
    expect(matrixOf({ maxPrice: 0.5 }).totals['US-1']).toBe(1);
  });

  it('has no total for a row or column of which no cell is known', () => {
    const cells = cellsOf([sampleCell('A', 'EU-1', 1), sampleCell('B', 'EU-1', null, UNKNOWN)]);
    const { rows, totals } = createMatrix(LISTS, cells, { ...DEFAULT_FILTERS, sort: 'name', descending: false });
    expect(rows.map(({ total }) => total)).toEqual([1, null, null]);
    expect(totals).toEqual({ 'US-1': null, 'US-2': null, 'EU-1': 1 });
  });
});

describe('the filter by name', () => {
  const lists = sampleLists(
    [
      sampleGpuType('NVIDIA GeForce RTX 4090', { displayName: 'RTX 4090' }),
      sampleGpuType('NVIDIA RTX 6000 Ada Generation', { displayName: 'RTX 6000 Ada' }),
      sampleGpuType('NVIDIA A100-SXM4-80GB', { displayName: 'A100 SXM' }),
    ],
    [sampleDataCenter('EU-1')],
  );
  const namesFor = (gpu: string) =>
    createMatrix(lists, new Map(), { ...DEFAULT_FILTERS, gpu }).rows.map(({ gpuType }) => gpuType.displayName);

  it.each(['rtx4090', '4090', 'RTX-4090', ' rtx  4090 ', 'GeForceRTX4090'])(
    'finds the RTX 4090 by %j, because white space, hyphens and case are ignored',
    (gpu) => {
      expect(namesFor(gpu)).toEqual(['RTX 4090']);
    },
  );

  it('accepts words in any order', () => {
    expect(namesFor('ada 6000')).toEqual(['RTX 6000 Ada']);
    expect(namesFor('a100 80')).toEqual(['A100 SXM']);
    expect(namesFor('ada 4090')).toEqual([]);
  });

  it('matches every GPU type if the text contains no word', () => {
    expect(namesFor(' - ')).toHaveLength(3);
  });
});

describe('the cheapest offers', () => {
  const offersOf = (change: Partial<Filters>, cells = CELLS) => {
    const filters = { ...DEFAULT_FILTERS, ...change };
    const offers = cheapestOffers(createMatrix(LISTS, cells, filters), cells, summariserFor(LISTS, filters), 4);
    return offers.map(({ gpuType, cell, perGpu }) => [gpuType.id, cell.dataCenter.id, perGpu]);
  };

  it('have one entry for each available GPU type, the cheapest first', () => {
    expect(offersOf({})).toEqual([
      ['A', 'US-1', 0.4],
      ['B', 'US-1', 2],
    ]);
  });

  it('are chosen only from the cells that the matrix shows', () => {
    expect(offersOf({ region: 'EUROPE' })).toEqual([['A', 'EU-1', 0.6]]);
  });

  it('prefer the cell with more stock at equal prices', () => {
    const cells = cellsOf([sampleCell('A', 'EU-1', 1), sampleCell('A', 'US-2', 1, { stock: 'HIGH' })]);
    expect(offersOf({}, cells)).toEqual([['A', 'US-2', 1]]);
  });

  it('leave out cells without a price', () => {
    const cells = cellsOf([sampleCell('A', 'EU-1', 1, { onDemandPrice: null })]);
    expect(offersOf({}, cells)).toEqual([]);
  });
});
