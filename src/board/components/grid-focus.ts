import type { CellKey } from '../state/cell.ts';
import { positionAfterKey } from './grid-keys.ts';

/** By how many rows Page Up and Page Down move the focus. */
const PAGE_ROWS = 10;

/** Returns the table element of a cell, or null if the table does not show the cell. */
export const elementOfCell = (key: CellKey): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(key)}"]`);

/** Returns the focusable element of the table (a cell or a bell) that contains `target`; null if `target` is in neither. */
export const focusableOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-focusable]') : null;

/** Moves the focus from one focusable element of the table to another when a navigation key is pressed. */
export function moveFocus(event: KeyboardEvent): void {
  const focused = focusableOf(event.target);
  const rows = [...(focused?.closest('tbody')?.rows ?? [])].map(focusablesIn);
  const row = rows.findIndex((elements) => focused !== null && elements.includes(focused));
  if (focused === null || row < 0) return;
  const column = rows[row]?.indexOf(focused) ?? 0;
  const next = positionAfterKey(
    event,
    { row, column },
    { rows: rows.length, columns: rows[row]?.length ?? 0, page: PAGE_ROWS },
  );
  if (next === null) return;
  event.preventDefault();
  rows[next.row]?.[next.column]?.focus();
}

const focusablesIn = (row: HTMLTableRowElement): readonly HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('[data-focusable]'),
];
