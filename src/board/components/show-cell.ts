import type { Board } from '../board.ts';
import type { CellKey } from '../state/cell.ts';
import { withoutConditions } from '../view/filters.ts';
import { focusOn, isInMatrix } from './grid-focus.ts';

/**
 * Moves the focus to a cell, and scrolls the cell to the middle of the window. If the filters hide the cell, clears them first. If the
 * table does not contain the cell even then, nothing gets the focus.
 */
export function showCell(board: Board, key: CellKey): void {
  const { matrix, filters } = board;
  if (matrix.value === null || !isInMatrix(matrix.value, key)) {
    filters.value = { ...withoutConditions(filters.peek()), includeUnavailable: true };
  }
  focusOn(board, key, true);
}
