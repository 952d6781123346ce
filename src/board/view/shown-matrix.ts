import { computed, type ReadonlySignal } from '@preact/signals';
import type { BoardState } from '../state/board-state.ts';
import type { Filters } from './filters.ts';
import { createMatrix, type Matrix } from './matrix.ts';

/**
 * Returns a signal of the matrix for the current state and filters; its value is null until the first response. Until the first read of all
 * cells has ended, the matrix has every row and column, so that none of them moves while the cells arrive. Most changes of a cell leave the
 * rows and the column groups equal. Equal rows and groups stay the same objects, because the page does not draw the same object again.
 */
export function createShownMatrix(
  { lists, cells, hasRead }: Pick<BoardState, 'lists' | 'cells' | 'hasRead'>,
  filters: ReadonlySignal<Filters>,
): ReadonlySignal<Matrix | null> {
  let shown: Matrix | null = null;
  return computed(() => {
    if (lists.value === null) return null;
    const shownFilters = hasRead.value ? filters.value : { ...filters.value, includeUnavailable: true };
    const next = createMatrix(lists.value, cells.all.value, shownFilters);
    const [rows, groups] = [previousIfEqual(next.rows, shown?.rows), previousIfEqual(next.groups, shown?.groups)];
    shown = previousIfEqual({ ...next, rows, groups }, shown ?? undefined);
    return shown;
  });
}

function previousIfEqual<Value>(next: Value, previous: Value | undefined): Value {
  return previous !== undefined && JSON.stringify(previous) === JSON.stringify(next) ? previous : next;
}
