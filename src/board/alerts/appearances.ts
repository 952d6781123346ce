import type { Cell, CellKey } from '../state/cell.ts';
import { keyOf } from '../state/cell.ts';

/** How long rings are collected: what comes back after a break may be gone again a moment later. */
const COLLECT_MS = 1000;

/** What rings need. */
export interface RingsOptions {
  /** What is known of a cell now. */
  readonly cellNow: (key: CellKey) => Cell | undefined;
  readonly tell: (cells: readonly Cell[]) => void;
}

/** Takes cells that have appeared, and tells together of those that are still there a moment later. */
export function createRings({ cellNow, tell }: RingsOptions): (cells: readonly Cell[]) => void {
  const ringing = new Set<CellKey>();

  function tellAll(): void {
    const cells = [...ringing].flatMap((key) => cellNow(key) ?? []);
    ringing.clear();
    const there = cells.filter(({ available }) => available === true);
    if (there.length > 0) tell(there);
  }

  return (cells) => {
    if (cells.length === 0) return;
    if (ringing.size === 0) setTimeout(tellAll, COLLECT_MS);
    for (const cell of cells) ringing.add(keyOf(cell));
  };
}
