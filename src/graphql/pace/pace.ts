import type { Permit } from '../../domain/permit.ts';
import { type LoopTurns, TURN_BYTES } from './loop-turns.ts';
import { createPermittedWork } from './permitted-work.ts';

/**
 * Spreads the work of one operation over several turns of the event loop, so that a large operation does not block other requests. Work is
 * measured in estimated bytes of the response.
 */
export interface Pace {
  /**
   * Runs `work` at once while the operation is small. A large operation first needs a permit, because only a few large operations may run
   * at the same time. Then `work` waits for a turn of the event loop. Rejects with an `OverloadedError` if the operation gets no permit,
   * and with an `AbortError` if the client has disconnected.
   */
  run<T>(work: () => T | Promise<T>): T | Promise<T>;
  /**
   * Waits for `loading`, and settles as it does. Meanwhile, the operation does not request a permit: it would hold the permit without doing
   * any work, and block other operations. If the operation already has a permit and blocks others for too long, the promise rejects with an
   * `OverloadedError`.
   */
  load<T>(loading: Promise<T>): Promise<T>;
  /** Counts work that was done. The unit is a byte of the response. */
  spend(bytes: number): void;
  /**
   * Returns `items` unchanged if the operation stays small even with these items. Otherwise, returns an iterable that yields the items over
   * several turns of the event loop.
   */
  spread<T>(items: readonly T[], bytesOfItem: number): readonly T[] | AsyncIterable<T>;
  /** Whether the operation is so large that its work is spread over several turns of the event loop. */
  isSpread(): boolean;
  /**
   * Sets the counted work to zero. Call this before the next event of a subscription, because each event counts as an operation of its own.
   */
  restart(): void;
}

/** Creates a `Pace` for a new operation. */
export function createPace(turns: LoopTurns, permit: Permit): Pace {
  const large = createPermittedWork(turns, permit);
  let spent = 0;
  const isSpread = () => spent > TURN_BYTES;

  function spend(bytes: number): void {
    spent += bytes;
    turns.spend(bytes);
  }

  async function* iterate<T>(items: readonly T[], bytesOfItem: number): AsyncGenerator<T> {
    // `iterate` is called only for large operations, and a large operation needs a permit even for its first item.
    await large.run(() => {});
    for (const item of items) {
      // Resolving the fields of earlier items may have used up the current turn of the event loop.
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
