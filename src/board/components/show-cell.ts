import type { Board } from '../board.ts';
import type { CellKey } from '../state/cell.ts';
import { withoutConditions } from '../view/filters.ts';
import { elementOfCell } from './grid-focus.ts';

/**
 * Moves the focus to a cell, and scrolls the cell to the middle of the window. If the filters hide the cell, they are cleared first. Does
 * nothing if the table does not show the cell even then.
 */
export function showCell({ filters }: Board, key: CellKey): void {
  if (focusCell(key)) return;
  filters.value = { ...withoutConditions(filters.peek()), includeUnavailable: true };
  // The table is drawn again before the next frame.
  requestAnimationFrame(() => focusCell(key));
}

/** Returns whether the table shows the cell. */
function focusCell(key: CellKey): boolean {
  const cell = elementOfCell(key);
  cell?.focus({ preventScroll: true });
  cell?.scrollIntoView({ block: 'center', inline: 'center' });
  return cell !== null;
}
