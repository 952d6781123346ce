import type { CellKey } from '../state/cell.ts';
import { positionAfterKey } from './grid-keys.ts';

/** By how many rows Page Up and Page Down move the focus. */
const PAGE_ROWS = 10;

/** Returns the table element of a cell, or null if the table does not show the cell. */
export const elementOfCell = (key: CellKey): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(key)}"]`);

/** Returns the cell, bell or data center of the table that contains `target`. Returns null if `target` is in none of them. */
export const focusableOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-focusable]') : null;

/** Moves the focus from one focusable element of the table to another when a navigation key is pressed. */
export function moveFocus(event: KeyboardEvent): void {
  const focused = focusableOf(event.target);
  const rows = focusablesOf(focused?.closest('table') ?? null);
  const row = rows.findIndex((elements) => focused !== null && elements.includes(focused));
  if (focused === null || row < 0) return;
  const next = positionAfterKey(
    event,
    { row, column: rows[row]?.indexOf(focused) ?? 0 },
    { rows: rows.length, columns: rows[row]?.length ?? 0, headRows: 1, page: PAGE_ROWS },
  );
  if (next === null) return;
  event.preventDefault();
  rows[next.row]?.[next.column]?.focus();
}

/** Returns the focusable elements of each row. The first row contains the data centers, and nothing above the bells. */
function focusablesOf(table: HTMLTableElement | null): readonly (readonly (HTMLElement | undefined)[])[] {
  if (table === null) return [];
  const focusablesIn = (part: Element) => [...part.querySelectorAll<HTMLElement>('[data-focusable]')];
  const head = table.tHead === null ? [] : focusablesIn(table.tHead);
  return [[undefined, ...head], ...[...(table.tBodies[0]?.rows ?? [])].map(focusablesIn)];
}
