import type { ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { isBefore } from './change-stream.ts';
import type { WrittenCells } from './shared-cells.ts';

/** A write of cells to Redis by this replica. The cells are later compared with the cells that subscribers know. */
export interface Write extends WrittenCells {
  readonly scope: ObservationScope;
}

interface UnreadWrite {
  readonly write: Write;
  /**
   * Whether a read of the stream has been sent after the write. Such a read must return the changes of the write. If it returns nothing,
   * the changes are lost.
   */
  wasReadSent: boolean;
}

/**
 * The writes to Redis whose changes this replica has not yet read from the stream. For each GPU type and pod size, only the latest write is
 * remembered.
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

  /** Records that a read of the stream is being sent now. */
  readSent(): void {
    for (const unread of this.#byName.values()) unread.wasReadSent = true;
  }

  /**
   * Removes and yields the writes that are complete. A write is complete if each of its changes has been read or is lost. A change is lost
   * if a read that was sent after the write reached the end of the stream (`isEnd`), but did not contain the change. `position` is the id
   * of the last entry that was read.
   */
  *takeRead(position: string | null, isEnd: boolean): Generator<Write> {
    for (const [name, { write, wasReadSent }] of this.#byName) {
      if (!(isEnd && wasReadSent) && isBefore(position ?? write.end, write.end)) continue;
      this.#byName.delete(name);
      yield write;
    }
  }
}
