import type { ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { isBefore } from './change-stream.ts';
import type { WrittenCells } from './shared-cells.ts';

/** Cells that were written to Redis. They are later compared with the cells that subscribers know. */
export interface Write extends WrittenCells {
  readonly scope: ObservationScope;
}

interface UnreadWrite {
  readonly write: Write;
  /**
   * Whether the current read of the stream was sent after the write. If so, an empty result means that the changes of the write
   * are lost.
   */
  wasReadSent: boolean;
}

/**
 * The writes whose changes this replica has not read from the stream yet. Contains at most one write for each GPU type and pod
 * size: the latest.
 */
export class UnreadWrites {
  readonly #byName = new Map<string, UnreadWrite>();

  add(write: Write): void {
    this.#byName.set(nameOfObservation(write.scope), { write, wasReadSent: false });
  }

  forget(scope: ObservationScope): void {
    this.#byName.delete(nameOfObservation(scope));
  }

  forgetAll(): void {
    this.#byName.clear();
  }

  /** Call this when a read of the stream is sent. */
  readSent(): void {
    for (const unread of this.#byName.values()) unread.wasReadSent = true;
  }

  /**
   * Removes and yields the writes for which reading is over. Either their changes were read, or the end of the stream was reached
   * (`isEnd`) and their changes were not in it. `position` is the id of the last entry that was read.
   */
  *takeRead(position: string | null, isEnd: boolean): Generator<Write> {
    for (const [name, { write, wasReadSent }] of this.#byName) {
      if (!(isEnd && wasReadSent) && isBefore(position ?? write.end, write.end)) continue;
      this.#byName.delete(name);
      yield write;
    }
  }
}
