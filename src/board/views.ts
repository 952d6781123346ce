import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Address } from './address.ts';
import { type Filters, toSearch } from './view/filters.ts';

/** The views of the page: `find` lists pods that meet the visitor's needs, and `matrix` is the table of all cells. */
export type ViewName = 'find' | 'matrix';

/** Tells which view the page shows, and switches between the views. */
export interface Views {
  readonly shown: ReadonlySignal<ViewName>;
  /** The query string of the view `find` when the page last showed this view. */
  readonly findSearch: ReadonlySignal<string>;
  /** Returns the query string that shows a view in its latest state. */
  readonly searchOf: (view: ViewName) => string;
  /** Shows a view, and adds an entry to the browser's history. */
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
