import { effect, type ReadonlySignal } from '@preact/signals';
import type { Address } from './address.ts';
import { type Filters, fromSearch } from './view/filters.ts';
import { matrixSearch, type Views } from './views.ts';

/** The URL parameters of the filters that are text fields. */
const TYPED = new Set(['gpu', 'price']);

export interface FilterHistoryOptions {
  readonly filters: ReadonlySignal<Filters>;
  readonly address: Address;
  readonly views: Pick<Views, 'shown'>;
}

/**
 * Writes the filters of the matrix to the URL while the matrix is shown. Each change becomes a new entry of the browser's history, so Back
 * undoes it. All letters that are typed into the same field one after the other count as one change.
 */
export function recordFilters({ filters, address, views }: FilterHistoryOptions): void {
  let last: { readonly search: string; readonly field: string | undefined } | undefined;
  effect(() => {
    const search = matrixSearch(filters.value);
    if (views.shown.peek() !== 'matrix') return;
    const before = address.search.peek();
    const changed = changedParameters(matrixSearch(fromSearch(before)), search);
    if (changed.length === 0) {
      // The URL already contains these filters, for example after Back. `replace` only normalises how they are written.
      address.replace(search);
      return;
    }
    const field = changed.length === 1 ? changed.find((name) => TYPED.has(name)) : undefined;
    const isContinued = field !== undefined && field === last?.field && before === last.search;
    last = { search, field };
    if (isContinued) address.replace(search);
    else address.push(search);
  });
}

function changedParameters(before: string, after: string): readonly string[] {
  const [old, next] = [new URLSearchParams(before), new URLSearchParams(after)];
  return [...new Set([...old.keys(), ...next.keys()])].filter((name) => old.get(name) !== next.get(name));
}
