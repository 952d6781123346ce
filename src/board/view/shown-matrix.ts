import { computed, type ReadonlySignal } from '@preact/signals';
import type { BoardState } from '../state/board-state.ts';
import { previousIfEqual } from '../state/previous-if-equal.ts';
import { cheapestOffers, type Offer } from './cheapest.ts';
import type { Filters } from './filters.ts';
import { createMatrix, type Matrix, summariserFor } from './matrix.ts';

/** The matrix that the page shows, and the cheapest offers in it. */
export interface ShownMatrix {
  /** Null until the lists of GPU types and data centers have arrived. */
  readonly matrix: ReadonlySignal<Matrix | null>;
  /** The cheapest offers among the cells that are shown. */
  readonly offers: ReadonlySignal<readonly Offer[]>;
}

/** The maximum number of cheapest offers that the page shows. */
const MAX_OFFERS = 4;

/**
 * Creates the matrix of the current state and filters. Until the first read of all cells has ended, the matrix includes rows and columns
 * without stock, so that none of them moves while the cells arrive. Unchanged parts of the matrix stay the same objects, because the page
 * does not redraw the same object.
 */
export function createShownMatrix(
  { lists, cells, hasRead }: Pick<BoardState, 'lists' | 'cells' | 'hasRead'>,
  filters: ReadonlySignal<Filters>,
): ShownMatrix {
  let shown: Matrix | null = null;
  const summariser = computed(() => (lists.value === null ? null : summariserFor(lists.value, filters.value)));
  const matrix = computed(() => {
    if (lists.value === null || summariser.value === null) return null;
    const shownFilters = hasRead.value ? filters.value : { ...filters.value, includeUnavailable: true };
    shown = reuse(createMatrix(lists.value, cells.all.value, shownFilters, summariser.value), shown);
    return shown;
  });
  const offers = computed(() =>
    matrix.value === null || summariser.value === null
      ? []
      : cheapestOffers(matrix.value, cells.all.value, summariser.value, MAX_OFFERS),
  );
  return { matrix, offers };
}

/** Returns a matrix that equals `next` and reuses the equal parts of `previous`. Returns `previous` itself if all parts are equal. */
function reuse(next: Matrix, previous: Matrix | null): Matrix {
  if (previous === null) return next;
  const reused: Matrix = {
    rows: previousIfEqual(next.rows, previous.rows),
    groups: previousIfEqual(next.groups, previous.groups),
    totals: previousIfEqual(next.totals, previous.totals),
    gpuTypes: previousIfEqual(next.gpuTypes, previous.gpuTypes),
    dataCenters: previousIfEqual(next.dataCenters, previous.dataCenters),
  };
  const isSame = (Object.keys(reused) as (keyof Matrix)[]).every((part) => reused[part] === previous[part]);
  return isSame ? previous : reused;
}
