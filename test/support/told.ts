import { cellOf, type Row } from './verdict.ts';

/** A cell of an answer; `observedAt` is `null` if it has failed. */
export type ToldCell = readonly [cell: string, observedAt: string | null];

/** Remembers the answers that clients received. A known cell must neither become unknown nor older. */
export function createTold() {
  const told = new Map<string, { readonly observedAt: string; readonly turn: number }>();
  return {
    /** Call this with each answer. `turn` grows with each round of questions. */
    note(rows: readonly Row[], turn: number) {
      for (const row of rows) {
        const known = told.get(cellOf(row));
        if (row.observedAt === null || row.observedAt <= (known?.observedAt ?? '')) continue;
        told.set(cellOf(row), { observedAt: row.observedAt, turn });
      }
    },
    /**
     * Reports the cells that became older than in an earlier turn, or unknown although they were observed after `since` and may still be
     * served.
     */
    *lossesOf(cells: readonly ToldCell[], since: number, turn: number) {
      for (const [cell, observedAt] of cells) {
        const known = told.get(cell);
        if (known === undefined || known.turn >= turn) continue;
        const mayBeGone = observedAt === null && Date.parse(known.observedAt) <= since;
        if (!mayBeGone && (observedAt ?? '') < known.observedAt) {
          yield `${cell} was observed at ${known.observedAt}, and is now ${observedAt ?? 'unknown'}`;
        }
      }
    },
  };
}
