import type { ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { isBefore } from './change-stream.ts';
import type { WrittenCells } from './shared-cells.ts';

/** Cells that this replica has written to Redis. They are later compared with the cells that subscribers know. */
export interface Write extends WrittenCells {
  readonly scope: ObservationScope;
}

interface UnreadWrite {
  readonly write: Write;
  /**
   * Whether the current read of the stream was sent after the write. If so, and if the result of the read is empty, the changes of the
   * write are lost.
   */
  wasReadSent: boolean;
}

/**
 * The writes whose changes this replica has not read from the stream yet. For each GPU type and pod size, only the latest write is kept.
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

  /** Records that a read of the stream is sent now. */
  readSent(): void {
    for (const unread of this.#byName.values()) unread.wasReadSent = true;
  }

  /**
   * Removes and yields the writes that no longer wait for their changes. Either all of their changes were read, or the end of the stream
   * was reached (`isEnd`) without them. `position` is the id of the last entry that was read.
   */
  *takeRead(position: string | null, isEnd: boolean): Generator<Write> {
    for (const [name, { write, wasReadSent }] of this.#byName) {
      if (!(isEnd && wasReadSent) && isBefore(position ?? write.end, write.end)) continue;
      this.#byName.delete(name);
      yield write;
    }
  }
}
