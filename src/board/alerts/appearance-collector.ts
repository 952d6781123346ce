import { type Cell, type CellKey, cellKeyOf } from '../state/cell.ts';

/**
 * How long newly available cells are collected before they are reported, in milliseconds. Cells that are no longer available at the end of
 * this time are not reported: while the event stream catches up after an interruption, a cell may appear available only for a moment.
 */
const COLLECT_MS = 1000;

export interface AppearanceCollectorOptions {
  /** Returns the current state of a cell. */
  readonly cellNow: (key: CellKey) => Cell | undefined;
  /** Receives the collected cells that are still available when the collecting ends. */
  readonly onConfirmed: (cells: readonly Cell[]) => void;
}

/**
 * Returns a function that collects newly available cells. A cell is a GPU type in a data center. After a second, the cells that are still
 * available are passed to `onConfirmed`, in a single call.
 */
export function createAppearanceCollector({
  cellNow,
  onConfirmed,
}: AppearanceCollectorOptions): (cells: readonly Cell[]) => void {
  const collected = new Set<CellKey>();

  function report(): void {
    const cells = [...collected].flatMap((key) => cellNow(key) ?? []);
    collected.clear();
    const confirmed = cells.filter(({ available }) => available === true);
    if (confirmed.length > 0) onConfirmed(confirmed);
  }

  return (cells) => {
    if (cells.length === 0) return;
    if (collected.size === 0) setTimeout(report, COLLECT_MS);
    for (const cell of cells) collected.add(cellKeyOf(cell));
  };
}
