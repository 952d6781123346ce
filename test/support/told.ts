import { cellOf, type Row } from './verdict.ts';

/** A cell of an answer. `observedAt` is `null` if the cell has failed. */
export type ToldCell = readonly [cell: string, observedAt: string | null];

/** Creates a record of the cells that clients received, to check that a known cell becomes neither unknown nor older. */
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
     * Yields an error for each cell that is older than in an earlier turn. Also yields an error for each cell that has become unknown
     * although it was last observed after `since`, so that this observation may still be served.
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
