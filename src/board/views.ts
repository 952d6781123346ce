import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Address } from './address.ts';
import { type Filters, toSearch } from './view/filters.ts';

/** The views of the page: `find` answers what a visitor needs with a list of pods, and `matrix` is the table of all cells. */
export type ViewName = 'find' | 'matrix';

/** Which view the page shows. */
export interface Views {
  readonly shown: ReadonlySignal<ViewName>;
  /** The query string of `find`, as the visitor last saw it. */
  readonly findSearch: ReadonlySignal<string>;
  /** Returns the query string of each view, as the visitor last saw it. */
  readonly searchOf: (view: ViewName) => string;
  /** Shows a view. The Back button returns to the present view. */
  show(view: ViewName): void;
}

/** Returns the query string of the matrix with these filters. */
export function matrixSearch(filters: Filters): string {
  const search = toSearch(filters);
  return search === '' ? '?view=matrix' : `?view=matrix&${search}`;
}

/** Returns the view that the parameter `view` of a query string names, or `find` by default. */
export const viewIn = (search: string): ViewName =>
  new URLSearchParams(search).get('view') === 'matrix' ? 'matrix' : 'find';

export interface ViewsOptions {
  readonly address: Address;
  /** The filters of the matrix. */
  readonly filters: ReadonlySignal<Filters>;
}

export function createViews({ address, filters }: ViewsOptions): Views {
  const shown = computed(() => viewIn(address.search.value));
  const findSearch = signal('');
  address.search.subscribe((search) => {
    if (viewIn(search) === 'find') findSearch.value = search;
  });
  const searchOf = (view: ViewName) => (view === 'matrix' ? matrixSearch(filters.value) : findSearch.value);
  return {
    shown,
    findSearch,
    searchOf,
    show(view) {
      if (view !== shown.peek()) address.push(searchOf(view));
    },
  };
}
