/**
 * The remaining work of one operation. Work that was added in a later turn of the event loop is done first; work of the same turn is done
 * in the order in which it was added. So an operation completes its first rows, including their nested fields, before it starts other rows,
 * and holds only a few rows in memory at a time.
 */
export interface WorkQueue {
  add(work: () => void): void;
  /** Starts a turn: puts the work that was added since the previous turn in front of all other work. */
  beginTurn(): void;
  /**
   * Removes the next work item and returns it. Returns `undefined` if the queue is empty, or contains only items that were added in this
   * turn.
   */
  takeNext(): (() => void) | undefined;
  isEmpty(): boolean;
}

/** Creates an empty queue. */
export function createWorkQueue(): WorkQueue {
  /**
   * A stack of lists, one for each earlier turn of the event loop. Each list contains the remaining work that was added in the turn, in
   * reverse order.
   */
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
