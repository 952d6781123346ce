import type { Cell, CellKey } from '../state/cell.ts';
import { cellKeyOf } from '../state/cell.ts';

/** How long rings are collected: what comes back after a break may be gone again a moment later. */
const COLLECT_MS = 1000;

/** What rings need. */
export interface AppearanceCollectorOptions {
  /** What is known of a cell now. */
  readonly cellNow: (key: CellKey) => Cell | undefined;
  readonly onConfirmed: (cells: readonly Cell[]) => void;
}

/** Takes cells that have appeared, and tells together of those that are still there a moment later. */
export function createAppearanceCollector({
  cellNow,
  onConfirmed,
}: AppearanceCollectorOptions): (cells: readonly Cell[]) => void {
  const collected = new Set<CellKey>();

  function report(): void {
    const cells = [...collected].flatMap((key) => cellNow(key) ?? []);
    collected.clear();
    const there = cells.filter(({ available }) => available === true);
    if (there.length > 0) onConfirmed(there);
  }

  return (cells) => {
    if (cells.length === 0) return;
    if (collected.size === 0) setTimeout(report, COLLECT_MS);
    for (const cell of cells) collected.add(cellKeyOf(cell));
  };
}
