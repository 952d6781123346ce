import type { Board } from '../board.ts';
import { idsIn } from '../state/cell.ts';
import type { Matrix } from '../view/matrix.ts';
import { positionAfterKey } from './grid-keys.ts';

/** By how many rows Page Up and Page Down move the focus. */
const PAGE_ROWS = 10;

/**
 * Returns the cell, notification button (bell) or column head of the table that contains `target`, or `null` if `target` is outside all of
 * them.
 */
export const focusableOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-focusable]') : null;

/**
 * Returns the GPU type ids and the data center ids of the matrix, each list with an empty id in front. The empty GPU type id stands for the
 * row of column heads, and the empty data center id for the column of notification buttons (bells).
 */
const idsOf = ({ rows, groups }: Matrix) => ({
  gpuTypeIds: ['', ...rows.map(({ gpuType }) => gpuType.id)],
  dataCenterIds: ['', ...groups.flatMap(({ dataCenters }) => dataCenters.map(({ id }) => id))],
});

/** Whether the matrix has the cell, bell or data center with this `data-focusable` value. */
export function isInMatrix(matrix: Matrix, name: string): boolean {
  const { gpuTypeIds, dataCenterIds } = idsOf(matrix);
  const [gpuTypeId, dataCenterId = ''] = idsIn(name);
  return gpuTypeIds.includes(gpuTypeId) && dataCenterIds.includes(dataCenterId);
}

/**
 * Moves the focus to the cell, bell or data center with this `data-focusable` value. If `isCentered` is true, also scrolls this element to
 * the middle of the window. If the element is not drawn because its row is out of sight, the focus moves in the next frame, when the row is
 * drawn.
 */
export function focusOn({ focused }: Board, name: string, isCentered = false): void {
  const focus = () => {
    const element = document.querySelector<HTMLElement>(`[data-focusable="${CSS.escape(name)}"]`);
    element?.focus();
    if (isCentered) element?.scrollIntoView({ block: 'center', inline: 'center' });
    return element;
  };
  focused.value = name;
  if (focus() === null) requestAnimationFrame(focus);
}

/** Moves the focus from one focusable element of the table to another when a navigation key is pressed. */
export function moveFocus(event: KeyboardEvent, board: Board): void {
  const name = focusableOf(event.target)?.dataset['focusable'];
  if (name === undefined || board.matrix.value === null) return;
  const { gpuTypeIds, dataCenterIds } = idsOf(board.matrix.value);
  const [gpuTypeId, dataCenterId = ''] = idsIn(name);
  const next = positionAfterKey(
    event,
    { row: gpuTypeIds.indexOf(gpuTypeId), column: dataCenterIds.indexOf(dataCenterId) },
    { rows: gpuTypeIds.length, columns: dataCenterIds.length, headRows: 1, page: PAGE_ROWS },
  );
  if (next === null) return;
  event.preventDefault();
  const [row, column] = [gpuTypeIds[next.row], dataCenterIds[next.column]];
  // The corner of the table, above the column of bells, has no element that can get the focus.
  if (row === '' && column === '') return;
  focusOn(board, column === '' ? String(row) : `${row}\n${column}`);
}
