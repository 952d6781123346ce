/**
 * The remaining work of one operation. Work that was added in the last turn is done before earlier work, and in the order in which it was
 * added. An operation with availability fields nested in rows therefore completes the first rows before it starts other rows, and has only
 * few rows in memory at a time.
 */
export interface WorkQueue {
  add(work: () => void): void;
  /** Puts the work that was added since the last turn in front of all other work. */
  beginTurn(): void;
  /** Removes and returns the next work; `undefined` if all remaining work was added in this turn. */
  takeNext(): (() => void) | undefined;
  isEmpty(): boolean;
}

/** Creates an empty queue. */
export function createWorkQueue(): WorkQueue {
  /** One list for each turn, with the work that was added in that turn in reverse order. */
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
