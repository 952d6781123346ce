import { dollars } from '../format/price.ts';
import type { Cells } from '../state/cell.ts';
import { type Lists, regionName } from '../state/lists.ts';
import { DEFAULT_FILTERS, type Filters } from './filters.ts';
import { createMatrix } from './matrix.ts';

/** A change of the filters that gives an empty table at least one row. */
export interface Relaxation {
  /** The label of a button that makes the change, such as 'Any GPU, not only “H100”'. */
  readonly text: string;
  readonly filters: Filters;
  /** The number of GPU types that the table shows after the change. */
  readonly rowCount: number;
}

/** Returns each change of a single filter after which an empty table would have rows. The change that gives the most rows comes first. */
export function relaxationsOf(lists: Lists, cells: Cells, filters: Filters): readonly Relaxation[] {
  const { gpu, region, manufacturer, minMemoryGb, maxPrice } = filters;
  const changes: readonly (readonly [boolean, string, Partial<Filters>])[] = [
    [gpu !== '', `Any GPU, not only “${gpu}”`, { gpu: DEFAULT_FILTERS.gpu }],
    [region !== null, `Any region, not only ${regionName(region ?? 'UNKNOWN')}`, { region: null }],
    [manufacturer !== null, `Any maker, not only ${manufacturer}`, { manufacturer: null }],
    [minMemoryGb !== null, `Also less than ${minMemoryGb} GB of memory`, { minMemoryGb: null }],
    [maxPrice !== null, `Also more than ${dollars(maxPrice ?? 0)} per GPU hour`, { maxPrice: null }],
    [!filters.includeUnavailable, 'Those out of stock too', { includeUnavailable: true }],
  ];
  return changes
    .filter(([isSet]) => isSet)
    .map(([, text, change]) => {
      const relaxed = { ...filters, ...change };
      return { text, filters: relaxed, rowCount: createMatrix(lists, cells, relaxed).rows.length };
    })
    .filter(({ rowCount }) => rowCount > 0)
    .toSorted((a, b) => b.rowCount - a.rowCount);
}
