import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../domain/errors.ts';
import type { Permit } from '../domain/permit.ts';

/** Bytes of answers that are made in one turn of the event loop: some 10 ms of work. */
const TURN_BYTES = 200_000;

/** The turns of the event loop, which all large operations of a process share. */
export interface LoopTurns {
  /** Creates the work of one operation. Operations with work left are served one after the other. */
  queue(): WorkQueue;
  /** Counts work that is done in this turn. */
  spend(bytes: number): void;
  /** Whether as much was done in this turn as one may take. */
  isOver(): boolean;
}

/**
 * Work that one operation has left, deepest first: what came up in the last turn is done before what came up earlier, in the order in which
 * it came up. So an operation whose rows ask further questions answers those of the first rows before it shows more rows, and has few of
 * them in memory at a time.
 */
export interface WorkQueue {
  /** Runs `work` in a later turn. */
  add(work: () => void): void;
}

/**
 * Spreads the work of one operation over turns of the event loop, so that a large operation does not keep others waiting. Work is
 * counted in bytes of the answer, as `Size` estimates them.
 */
export interface Pace {
  /**
   * Runs `work` at once while the operation is small. After that the operation needs a permit, and the work a turn of its own. Rejects
   * with an `OverloadedError` if the operation gets no permit, and with an `AbortError` once nobody reads the answer.
   */
  run<T>(work: () => T | Promise<T>): T | Promise<T>;
  /**
   * Returns what is being loaded. Until then the operation asks for no permit, which others would wait for. If it has one, and keeps
   * others waiting for long, this rejects with an `OverloadedError`.
   */
  load<T>(loading: Promise<T>): Promise<T>;
  /** Counts work. */
  spend(bytes: number): void;
  /** Returns `items` as they are when the operation stays small with them, and otherwise iterates over them turn by turn. */
  spread<T>(items: readonly T[], bytesOfItem: number): readonly T[] | AsyncIterable<T>;
  /** Whether the operation is large enough to take several turns. */
  isSpread(): boolean;
  /** Counts from zero, for the next event of a subscription, which is an operation of its own. */
  restart(): void;
}

/** Creates the turns of a process. */
export function createLoopTurns(): LoopTurns {
  /** Queues with work left, the one served longest ago first. */
  const busy = new Set<DeepestFirst>();
  let isScheduled = false;
  let spent = 0;

  function take(): void {
    spent = 0;
    for (const queue of busy) queue.beginTurn();
    const round = [...busy];
    for (const queue of round) {
      if (spent >= TURN_BYTES) break;
      const work = queue.takeNext();
      if (work === undefined) continue;
      busy.delete(queue);
      busy.add(queue);
      round.push(queue);
      work();
    }
    for (const queue of busy) if (queue.isEmpty()) busy.delete(queue);
    isScheduled = busy.size > 0;
    if (isScheduled) setImmediate(take);
  }

  return {
    queue() {
      const queue = createDeepestFirst();
      return {
        add(work) {
          queue.add(work);
          busy.add(queue);
          if (isScheduled) return;
          isScheduled = true;
          setImmediate(take);
        },
      };
    },
    spend(bytes) {
      spent += bytes;
    },
    isOver: () => spent >= TURN_BYTES,
  };
}

interface DeepestFirst extends WorkQueue {
  /** Puts what came up since the last turn before all that is left. */
  beginTurn(): void;
  /** Removes and returns what is next; `undefined` when all that is left came up in this turn. */
  takeNext(): (() => void) | undefined;
  isEmpty(): boolean;
}

function createDeepestFirst(): DeepestFirst {
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

/** Creates the pace of an operation that has done nothing yet. */
export function createPace(turns: LoopTurns, permit: Permit): Pace {
  let spent = 0;
  const loads = new Set<Promise<unknown>>();
  const left = turns.queue();
  const isSpread = () => spent > TURN_BYTES;

  function spend(bytes: number): void {
    spent += bytes;
    turns.spend(bytes);
  }

  function run<T>(work: () => T | Promise<T>): T | Promise<T> {
    return spent < TURN_BYTES ? work() : runLater(work);
  }

  async function runLater<T>(work: () => T | Promise<T>): Promise<T> {
    permit.beginWork();
    let done: { readonly result: T | Promise<T> };
    try {
      if (!permit.isHeld()) await obtainPermit();
      done = await inTurn(() => ({ result: work() }));
    } finally {
      permit.endWork();
    }
    return done.result;
  }

  async function obtainPermit(): Promise<void> {
    // Fields that come after this one in the operation begin to load in this turn.
    await nextTurn();
    // oxlint-disable-next-line no-await-in-loop -- One load may begin while another one goes on.
    while (loads.size > 0 && !permit.isClosed()) await Promise.allSettled(loads);
    const shortage = await permit.obtain();
    if (shortage !== null) throw new OverloadedError(shortage);
  }

  function inTurn<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      // Spans that the work opens belong to this operation, not to the one whose turn it was before.
      const scope = new AsyncResource('Pace');
      left.add(() => {
        try {
          if (permit.isClosed()) throw new DOMException('The client has left', 'AbortError');
          resolve(scope.runInAsyncScope(work));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  function load<T>(loading: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = permit.onOverdue((shortage) => reject(new OverloadedError(shortage)));
      const end = () => {
        loads.delete(loading);
        stop();
      };
      loads.add(loading);
      loading.then(resolve, reject);
      loading.then(end, end);
    });
  }

  async function* iterate<T>(items: readonly T[], bytesOfItem: number): AsyncGenerator<T> {
    // The operation is large, so not even the first item is shown before it has a permit.
    await runLater(() => {});
    for (const item of items) {
      // What was shown may have come with questions of its own, which count as well.
      // oxlint-disable-next-line no-await-in-loop -- Items come one after the other.
      if (turns.isOver()) await runLater(() => {});
      spend(bytesOfItem);
      yield item;
    }
  }

  return {
    run,
    load,
    spend,
    spread(items, bytesOfItem) {
      const bytes = items.length * bytesOfItem;
      if (bytes > TURN_BYTES || isSpread()) return { [Symbol.asyncIterator]: () => iterate(items, bytesOfItem) };
      spend(bytes);
      return items;
    },
    isSpread,
    restart() {
      spent = 0;
    },
  };
}
