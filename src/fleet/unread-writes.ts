import type { ObservationScope } from '../domain/observation.ts';
import { nameOfObservation } from '../domain/observation-name.ts';
import { isBefore } from './change-stream.ts';
import type { WrittenCells } from './shared-cells.ts';

/** Cells that were written, to be compared with what subscribers know. */
export interface Write extends WrittenCells {
  readonly scope: ObservationScope;
}

interface UnreadWrite {
  readonly write: Write;
  /** Whether the current read of the stream was sent after the write. Then an empty result means that the changes are lost. */
  wasReadSent: boolean;
}

/** The latest write of each GPU type and pod size whose changes this replica has yet to read from the stream. */
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
   * Removes and returns the writes whose changes were read, or are not in the stream although its end was reached (`isEnd`).
   * `position` is the last entry that was read.
   */
  *takeRead(position: string | null, isEnd: boolean): Generator<Write> {
    for (const [name, { write, wasReadSent }] of this.#byName) {
      if (!(isEnd && wasReadSent) && isBefore(position ?? write.end, write.end)) continue;
      this.#byName.delete(name);
      yield write;
    }
  }
}
