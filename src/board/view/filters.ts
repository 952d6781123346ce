import type { GpuManufacturer, Region } from '../graphql/graphql.ts';
import { REGION_NAMES } from '../state/lists.ts';

/** The columns by which rows can be sorted. */
export const SORTS = ['memory', 'price', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** What the table shows, and in which order. A filter that is `null` or an empty text sets no condition. */
export interface Filters {
  readonly region: Region | null;
  /** Words that the name of a GPU type must contain. */
  readonly gpu: string;
  readonly manufacturer: GpuManufacturer | null;
  readonly minMemoryGb: number | null;
  /** The maximum price, in US dollars per GPU per hour. */
  readonly maxPrice: number | null;
  /** GPUs on one pod, 1 to 16. */
  readonly gpuCount: number;
  /** Whether the table also shows GPU types and data centers that have nothing in stock. */
  readonly includeUnavailable: boolean;
  readonly sort: Sort;
  readonly descending: boolean;
}

/**
 * Whether the first click on a column sorts its values in descending order. This is true of the memory column, but not of the columns for
 * prices and names.
 */
export const isDescendingByDefault = (sort: Sort): boolean => sort === 'memory';

export const DEFAULT_FILTERS: Filters = {
  region: null,
  gpu: '',
  manufacturer: null,
  minMemoryGb: null,
  maxPrice: null,
  gpuCount: 1,
  includeUnavailable: false,
  sort: 'memory',
  descending: true,
};

/** The largest number of GPUs on one pod. */
export const MAX_GPU_COUNT = 16;

const MANUFACTURERS: Record<GpuManufacturer, true> = { AMD: true, NVIDIA: true, UNKNOWN: true };

/**
 * Returns the filters as the query string of a URL, without '?'. Filters with their default value are left out, so the string is empty if
 * no filter is set.
 */
export function toSearch(filters: Filters): string {
  const params = new URLSearchParams();
  const { region, gpu, manufacturer, minMemoryGb, maxPrice, gpuCount, includeUnavailable, sort, descending } = filters;
  if (region !== null) params.set('region', region);
  if (gpu !== '') params.set('gpu', gpu);
  if (manufacturer !== null) params.set('manufacturer', manufacturer);
  if (minMemoryGb !== null) params.set('memory', String(minMemoryGb));
  if (maxPrice !== null) params.set('price', String(maxPrice));
  if (gpuCount !== 1) params.set('count', String(gpuCount));
  if (includeUnavailable) params.set('all', 'yes');
  if (sort !== DEFAULT_FILTERS.sort || descending !== DEFAULT_FILTERS.descending) {
    params.set('sort', descending ? `-${sort}` : sort);
  }
  return params.toString();
}

/**
 * Parses the filters in a query string. An invalid value is replaced by the default, because a visitor may have written the URL by hand.
 */
export function fromSearch(search: string): Filters {
  const params = new URLSearchParams(search);
  const sort = params.get('sort') ?? '-memory';
  const sortName = SORTS.find((name) => name === sort.replace(/^-/, ''));
  return {
    region: wordOf(REGION_NAMES, params.get('region')),
    gpu: params.get('gpu') ?? '',
    manufacturer: wordOf(MANUFACTURERS, params.get('manufacturer')),
    minMemoryGb: amountOf(params.get('memory')),
    maxPrice: amountOf(params.get('price')),
    gpuCount: countOf(params.get('count')),
    includeUnavailable: params.get('all') === 'yes',
    sort: sortName ?? DEFAULT_FILTERS.sort,
    descending: sortName === undefined ? DEFAULT_FILTERS.descending : sort.startsWith('-'),
  };
}

const wordOf = <Word extends string>(words: Record<Word, unknown>, text: string | null): Word | null =>
  text !== null && Object.hasOwn(words, text) ? (text as Word) : null;

/** Returns the default filters, but keeps the pod size, the order, and whether GPU types and data centers without stock are shown. */
export const withoutConditions = ({ gpuCount, includeUnavailable, sort, descending }: Filters): Filters => ({
  ...DEFAULT_FILTERS,
  gpuCount,
  includeUnavailable,
  sort,
  descending,
});

/** Parses a number that is not negative; returns null for any other text. */
export function amountOf(text: string | null): number | null {
  if (text === null || text.trim() === '') return null;
  const amount = Number(text);
  return Number.isFinite(amount) && amount >= 0 ? amount : null;
}

/** Returns the text to show in an input field for `amount`. Keeps the typed text if it means the same amount, such as '2.50' for 2.5. */
export const amountText = (typed: string, amount: number | null): string =>
  amountOf(typed) === amount ? typed : String(amount ?? '');

function countOf(text: string | null): number {
  const count = Number(text ?? '');
  return Number.isInteger(count) && count >= 1 && count <= MAX_GPU_COUNT ? count : DEFAULT_FILTERS.gpuCount;
}
