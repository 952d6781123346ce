import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountText,
  DEFAULT_FILTERS,
  type Filters,
  fromSearch,
  SORTS,
  toSearch,
  withoutConditions,
} from '../../../src/board/view/filters.ts';

const amount = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0));

const anyFilters: fc.Arbitrary<Filters> = fc.record({
  region: fc.option(fc.constantFrom('EUROPE' as const, 'ASIA' as const, 'UNKNOWN' as const)),
  gpu: fc.string({ unit: 'grapheme' }),
  manufacturer: fc.option(fc.constantFrom('AMD' as const, 'NVIDIA' as const)),
  minMemoryGb: amount,
  maxPrice: amount,
  gpuCount: fc.integer({ min: 1, max: 16 }),
  includeUnavailable: fc.boolean(),
  sort: fc.constantFrom(...SORTS),
  descending: fc.boolean(),
});

describe('filters in a URL', () => {
  it('stay the same when they are written and parsed again', () => {
    fc.assert(
      fc.property(anyFilters, (filters) => {
        expect(fromSearch(toSearch(filters))).toEqual(filters);
      }),
    );
  });

  it('are an empty string by default', () => {
    expect(toSearch(DEFAULT_FILTERS)).toBe('');
    expect(fromSearch('')).toEqual(DEFAULT_FILTERS);
  });

  it('are valid whatever the query string contains', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (search) => {
        const filters = fromSearch(search);
        expect(fromSearch(toSearch(filters))).toEqual(filters);
      }),
    );
  });

  it('are replaced by the defaults when they are invalid', () => {
    const search = '?region=ATLANTIS&manufacturer=constructor&memory=-1&price=cheap&count=17&all=1&sort=-size';
    expect(fromSearch(search)).toEqual(DEFAULT_FILTERS);
    expect(fromSearch('?count=1.5&memory=').gpuCount).toBe(1);
  });
});

describe('the text of a field for an amount', () => {
  it('stays as the visitor has typed it, until the filter has another value', () => {
    expect(amountText('1.0', 1)).toBe('1.0');
    expect(amountText('-', null)).toBe('-');
    expect(amountText('1.0', 2)).toBe('2');
    expect(amountText('1.0', null)).toBe('');
  });
});

describe('filters without conditions', () => {
  it('keep the pod size, the order and the rows without stock, and nothing else', () => {
    const kept = '?count=8&all=yes&sort=price';
    const all = `${kept}&region=ASIA&gpu=a&manufacturer=AMD&memory=1&price=1`;
    expect(withoutConditions(fromSearch(all))).toEqual(fromSearch(kept));
  });
});
