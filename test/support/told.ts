import { cellOf, type Row } from './verdict.ts';

/** A cell of an answer; `observedAt` is `null` when it has failed. */
export type ToldCell = readonly [cell: string, observedAt: string | null];

/** Remembers what clients were told. What is known of a cell may not be lost again, nor give way to something older. */
export function createTold() {
  const told = new Map<string, { readonly observedAt: string; readonly turn: number }>();
  return {
    /** To be told of each answer; `turn` grows from one round of questions to the next. */
    note(rows: readonly Row[], turn: number) {
      for (const row of rows) {
        const known = told.get(cellOf(row));
        if (row.observedAt === null || row.observedAt <= (known?.observedAt ?? '')) continue;
        told.set(cellOf(row), { observedAt: row.observedAt, turn });
      }
    },
    /** Cells that were told in an earlier turn, and could still be served: they were observed after `since`. */
    *lossesOf(cells: readonly ToldCell[], since: number, turn: number) {
      for (const [cell, observedAt] of cells) {
        const known = told.get(cell);
        if (known === undefined || known.turn >= turn) continue;
        const mayBeGone = observedAt === null && Date.parse(known.observedAt) <= since;
        if (!mayBeGone && (observedAt ?? '') < known.observedAt) {
          yield `${cell} was observed at ${known.observedAt}, and is now ${observedAt ?? 'not known'}`;
        }
      }
    },
  };
}
