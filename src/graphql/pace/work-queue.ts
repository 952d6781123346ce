/**
 * The remaining work of one operation. Work that was added in the latest turn is done before older work, and in the order in which it was
 * added. As a result, an operation with availability fields nested in rows completes its first rows before it starts other rows, and has
 * only few rows in memory at a time.
 */
export interface WorkQueue {
  add(work: () => void): void;
  /** Starts a turn: puts the work that was added since the previous turn in front of all other work. */
  beginTurn(): void;
  /** Removes and returns the next work. Returns `undefined` if there is no work, or if all of it was added in this turn. */
  takeNext(): (() => void) | undefined;
  isEmpty(): boolean;
}

/** Creates an empty queue. */
export function createWorkQueue(): WorkQueue {
  /** The work that was added before this turn. There is one list for each earlier turn, with the work of that turn in reverse order. */
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
