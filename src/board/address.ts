import { type ReadonlySignal, signal } from '@preact/signals';

/** The query string of the page's URL. Everything that the visitor has chosen is in it, so a link leads to the same page. */
export interface Address {
  /** The query string including its '?', or an empty string. It also changes when the visitor presses Back or Forward. */
  readonly search: ReadonlySignal<string>;
  /** Changes the query string and adds an entry to the browser's history. The Back button returns to the previous query string. */
  push(search: string): void;
  /** Changes the query string without adding an entry to the browser's history. */
  replace(search: string): void;
}

/** The parts of `window` that read and change the page's URL. */
type AddressedWindow = Pick<Window, 'addEventListener'> & {
  readonly location: Pick<Location, 'pathname' | 'search'>;
  readonly history: Pick<History, 'pushState' | 'replaceState'>;
};

export function createAddress(page: AddressedWindow): Address {
  const { location, history } = page;
  const search = signal(location.search);
  const go = (write: 'pushState' | 'replaceState', next: string) => {
    if (next === location.search) return;
    history[write](null, '', next === '' ? location.pathname : next);
    search.value = location.search;
  };
  page.addEventListener('popstate', () => {
    search.value = location.search;
  });
  return {
    search,
    push: (next) => go('pushState', next),
    replace: (next) => go('replaceState', next),
  };
}
