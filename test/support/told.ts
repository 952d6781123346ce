import { cellOf, type Row } from './verdict.ts';

/** A cell (a GPU type in a data center) in an answer: its name, and the time of its observation (`null` if the cell has failed). */
export type ToldCell = readonly [cell: string, observedAt: string | null];

/**
 * Creates a record of the cells in the answers that clients have received. Tests use the record to check that later answers contain no
 * older observation of a cell, and that a known cell does not become unknown.
 */
export function createTold() {
  const told = new Map<string, { readonly observedAt: string; readonly turn: number }>();
  return {
    /** Records the rows of an answer. All queries that are sent together have the same `turn`, and later queries have a higher `turn`. */
    note(rows: readonly Row[], turn: number) {
      for (const row of rows) {
        const known = told.get(cellOf(row));
        if (row.observedAt === null || row.observedAt <= (known?.observedAt ?? '')) continue;
        told.set(cellOf(row), { observedAt: row.observedAt, turn });
      }
    },
    /**
     * Yields an error for each cell whose observation is older than in an answer of an earlier turn. Also yields an error for each cell
     * that has become unknown too early: its last observation is newer than `since`, so the gateway could still serve it.
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
