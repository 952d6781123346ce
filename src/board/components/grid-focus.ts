import type { CellKey } from '../state/cell.ts';
import { positionAfterKey } from './grid-keys.ts';

/** Rows that Page Up and Page Down pass over. */
const PAGE = 10;

/** The element of a cell in the table, if it is shown. */
export const elementOfCell = (key: CellKey): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(key)}"]`);

/** The element of the table that can have the focus at or around `target`: a cell, or a bell. */
export const focusableOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-stop]') : null;

/** Moves the focus from one stop of the table to the next one, as the key says. */
export function moveFocus(event: KeyboardEvent): void {
  const stop = focusableOf(event.target);
  const rows = [...(stop?.closest('tbody')?.rows ?? [])].map(stopsIn);
  const row = rows.findIndex((stops) => stop !== null && stops.includes(stop));
  if (stop === null || row < 0) return;
  const column = rows[row]?.indexOf(stop) ?? 0;
  const next = positionAfterKey(
    event,
    { row, column },
    { rows: rows.length, columns: rows[row]?.length ?? 0, page: PAGE },
  );
  if (next === null) return;
  event.preventDefault();
  rows[next.row]?.[next.column]?.focus();
}

const stopsIn = (row: HTMLTableRowElement): readonly HTMLElement[] => [
  ...row.querySelectorAll<HTMLElement>('[data-stop]'),
];
