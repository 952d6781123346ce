import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../domain/errors.ts';
import type { Permit } from './permit.ts';

/** Bytes of answers that are made in one turn of the event loop: some 10 ms of work. */
const TURN_BYTES = 200_000;

/** The turns of the event loop, which all large operations of a process share. */
export interface LoopTurns {
  /** Runs `work` in a later turn, after all that waits already. */
  wait(work: () => void): void;
  /** Counts work that is done in this turn. Once it is `TURN_BYTES`, the rest waits for the next turn. */
  spend(bytes: number): void;
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
  /** Returns `items` as they are when showing them takes less than a turn, and otherwise iterates over them turn by turn. */
  spread<T>(items: readonly T[], bytesOfItem: number): readonly T[] | AsyncIterable<T>;
  /** Whether the operation is large enough to take several turns. */
  isSpread(): boolean;
  /** Counts from zero, for the next event of a subscription, which is an operation of its own. */
  restart(): void;
}

/** Creates the turns of a process. */
export function createLoopTurns(): LoopTurns {
  let waiting: (() => void)[] = [];
  let isScheduled = false;
  let spent = 0;

  function take(): void {
    spent = 0;
    let taken = 0;
    for (const work of waiting) {
      if (spent >= TURN_BYTES) break;
      taken += 1;
      work();
    }
    waiting = waiting.slice(taken);
    isScheduled = waiting.length > 0;
    if (isScheduled) setImmediate(take);
  }

  return {
    wait(work) {
      waiting.push(work);
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(take);
    },
    spend(bytes) {
      spent += bytes;
    },
  };
}

/** Creates the pace of an operation that has done nothing yet. */
export function createPace(turns: LoopTurns, permit: Permit): Pace {
  let spent = 0;
  const loads = new Set<Promise<unknown>>();

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
      turns.wait(() => {
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
    const atOnce = Math.max(1, Math.floor(TURN_BYTES / bytesOfItem));
    for (let begin = 0; begin < items.length; begin += atOnce) {
      const some = items.slice(begin, begin + atOnce);
      // The operation is large, so not even the first items are shown before it has a permit.
      await runLater(() => spend(some.length * bytesOfItem));
      yield* some;
    }
  }

  return {
    run,
    load,
    spend,
    spread(items, bytesOfItem) {
      const bytes = items.length * bytesOfItem;
      if (bytes > TURN_BYTES) return { [Symbol.asyncIterator]: () => iterate(items, bytesOfItem) };
      spend(bytes);
      return items;
    },
    isSpread: () => spent > TURN_BYTES,
    restart() {
      spent = 0;
    },
  };
}
