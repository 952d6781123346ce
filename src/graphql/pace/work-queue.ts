/**
 * Work that one operation has left, deepest first: what came up in the last turn is done before what came up earlier, in the order in which
 * it came up. So an operation whose rows ask further questions answers those of the first rows before it shows more rows, and has few of
 * them in memory at a time.
 */
export interface WorkQueue {
  add(work: () => void): void;
  /** Puts what came up since the last turn before all that is left. */
  beginTurn(): void;
  /** Removes and returns what is next; `undefined` when all that is left came up in this turn. */
  takeNext(): (() => void) | undefined;
  isEmpty(): boolean;
}

/** Creates an empty queue. */
export function createWorkQueue(): WorkQueue {
  /** What came up in one turn each, its last one first. */
  const stack: (() => void)[][] = [];
  let fresh: (() => void)[] = [];
  return {
    add(work) {
      fresh.push(work);
    },
    beginTurn() {
      if (fresh.length > 0) stack.push(fresh.toReversed());
      fresh = [];
    },
    takeNext() {
      const next = stack.at(-1)?.pop();
      if (stack.at(-1)?.length === 0) stack.pop();
      return next;
    },
    isEmpty: () => stack.length === 0 && fresh.length === 0,
  };
}
