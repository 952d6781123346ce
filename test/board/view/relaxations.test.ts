import { describe, expect, it } from 'vitest';
import { DEFAULT_FILTERS, type Filters } from '../../../src/board/view/filters.ts';
import { relaxationsOf } from '../../../src/board/view/relaxations.ts';
import { cellsOf, sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from '../sample-cells.ts';

const LISTS = sampleLists(
  [sampleGpuType('A', { memoryGb: 24 }), sampleGpuType('B', { memoryGb: 80, manufacturer: 'AMD' })],
  [sampleDataCenter('EU-1'), sampleDataCenter('US-1', 'NORTH_AMERICA')],
);
const CELLS = cellsOf([
  sampleCell('A', 'EU-1', 1),
  sampleCell('A', 'US-1', 1),
  sampleCell('B', 'US-1', 2),
  sampleCell('B', 'EU-1', null),
]);
const textsFor = (change: Partial<Filters>) =>
  relaxationsOf(LISTS, CELLS, { ...DEFAULT_FILTERS, ...change }).map(({ text, rowCount }) => [text, rowCount]);

describe('the relaxations of filters that no GPU type fits', () => {
  it('are the single filters without which the table has rows', () => {
    expect(textsFor({ gpu: 'b', minMemoryGb: 100 })).toEqual([['Also less than 100 GB of memory', 1]]);
    expect(textsFor({ manufacturer: 'AMD', maxPrice: 1 })).toEqual([
      ['Any maker, not only AMD', 1],
      ['Also more than $1.00 per GPU hour', 1],
    ]);
  });

  it('include the GPU types without stock', () => {
    expect(textsFor({ gpu: 'b', region: 'EUROPE' })).toEqual([
      ['Any GPU, not only “b”', 1],
      ['Any region, not only Europe', 1],
      ['Those out of stock too', 1],
    ]);
  });

  it('set the filter that they name, and keep the others', () => {
    const filters = { ...DEFAULT_FILTERS, gpu: 'b', region: 'EUROPE' as const };
    expect(relaxationsOf(LISTS, CELLS, filters)[1]?.filters).toEqual({ ...filters, region: null });
  });

  it('are empty if no single filter is the reason', () => {
    expect(textsFor({ gpu: 'a', manufacturer: 'AMD', minMemoryGb: 100 })).toEqual([]);
  });
});
