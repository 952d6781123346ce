import { type Cell, type CellKey, cellKeyOf } from '../state/cell.ts';

/**
 * How long appeared cells are collected, in milliseconds. After an interruption of the event stream, a cell may appear and become
 * unavailable again a moment later.
 */
const COLLECT_MS = 1000;

/** What a collector needs. */
export interface AppearanceCollectorOptions {
  /** Returns the current state of a cell. */
  readonly cellNow: (key: CellKey) => Cell | undefined;
  /** Receives those of the collected cells that are still available. */
  readonly onConfirmed: (cells: readonly Cell[]) => void;
}

/** Returns a function that collects appeared cells for a second, and then reports those that are still available in a single call. */
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
