import type { Permit } from '../../domain/permit.ts';
import { type LoopTurns, TURN_BYTES } from './loop-turns.ts';
import { createPermittedWork } from './permitted-work.ts';

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

/** Creates the pace of an operation that has done nothing yet. */
export function createPace(turns: LoopTurns, permit: Permit): Pace {
  const large = createPermittedWork(turns, permit);
  let spent = 0;
  const isSpread = () => spent > TURN_BYTES;

  function spend(bytes: number): void {
    spent += bytes;
    turns.spend(bytes);
  }

  async function* iterate<T>(items: readonly T[], bytesOfItem: number): AsyncGenerator<T> {
    // The operation is large, so not even the first item is shown before it has a permit.
    await large.run(() => {});
    for (const item of items) {
      // What was shown may have come with questions of its own, which count as well.
      // oxlint-disable-next-line no-await-in-loop -- Items come one after the other.
      if (turns.isOver()) await large.run(() => {});
      spend(bytesOfItem);
      yield item;
    }
  }

  return {
    run: (work) => (spent < TURN_BYTES ? work() : large.run(work)),
    load: (loading) => large.load(loading),
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
