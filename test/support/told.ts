import { cellOf, type Row } from './verdict.ts';

/** A cell of an answer. `observedAt` is `null` if the cell has failed. */
export type ToldCell = readonly [cell: string, observedAt: string | null];

/** Remembers the answers that clients received, to check that a known cell becomes neither unknown nor older. */
export function createTold() {
  const told = new Map<string, { readonly observedAt: string; readonly turn: number }>();
  return {
    /** Records the rows of an answer. `turn` increases with each round of queries. */
    note(rows: readonly Row[], turn: number) {
      for (const row of rows) {
        const known = told.get(cellOf(row));
        if (row.observedAt === null || row.observedAt <= (known?.observedAt ?? '')) continue;
        told.set(cellOf(row), { observedAt: row.observedAt, turn });
      }
    },
    /**
     * Reports two kinds of cells: those that are older than in an earlier turn, and those that have become unknown although their last
     * observation is newer than `since` and may still be served.
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
