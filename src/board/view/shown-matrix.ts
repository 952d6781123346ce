import { computed, type ReadonlySignal } from '@preact/signals';
import type { BoardState } from '../state/board-state.ts';
import type { Filters } from './filters.ts';
import { createMatrix, type Matrix } from './matrix.ts';

/**
 * Returns a signal of the matrix for the current state and filters; its value is null until the first response. Most changes of a cell
 * leave the rows and the column groups equal. Equal rows and groups stay the same objects, because the page does not draw the same object
 * again.
 */
export function createShownMatrix(
  { lists, cells }: Pick<BoardState, 'lists' | 'cells'>,
  filters: ReadonlySignal<Filters>,
): ReadonlySignal<Matrix | null> {
  let shown: Matrix | null = null;
  return computed(() => {
    if (lists.value === null) return null;
    const { rows, groups } = createMatrix(lists.value, cells.all.value, filters.value);
    const next: Matrix = { rows: previousIfEqual(rows, shown?.rows), groups: previousIfEqual(groups, shown?.groups) };
    if (next.rows !== shown?.rows || next.groups !== shown?.groups) shown = next;
    return shown;
  });
}

function previousIfEqual<Value>(next: Value, previous: Value | undefined): Value {
  return previous !== undefined && JSON.stringify(previous) === JSON.stringify(next) ? previous : next;
}
