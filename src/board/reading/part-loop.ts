import type { ReadonlySignal } from '@preact/signals';
import type { Connection } from '../connection.ts';
import { onChange } from '../on-change.ts';
import { createReadLoop, type ReadLoop } from './read-loop.ts';

/** A part of the page with a read loop of its own, so that a read of one part does not abort a read of another part. */
export interface Part {
  /** Whether the part is needed. If not, the loop reads nothing. */
  readonly isNeeded: ReadonlySignal<boolean>;
  /** Reads the lists, which every part needs. */
  readonly readLists: (signal: AbortSignal) => Promise<void>;
  /** Reads the part. Runs when the lists have arrived. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** Returns the waiting time between a successful read and the next one, in milliseconds. */
  readonly nextReadInMs: () => number;
}

/** Starts the loop that reads a part of the page. It reads at once when the part becomes necessary. */
export function startPartLoop({ isNeeded, readLists, read, nextReadInMs }: Part, connection: Connection): ReadLoop {
  const { succeed, fail } = connection.track(isNeeded);
  const loop = createReadLoop({
    async read(abort) {
      if (!isNeeded.peek()) return;
      await readLists(abort);
      connection.acceptKey();
      await read(abort);
      // An outage ends only after every step of the read. Otherwise, a read whose last step fails would announce the outage again.
      succeed();
    },
    nextReadInMs: () => (isNeeded.peek() ? nextReadInMs() : Number.POSITIVE_INFINITY),
    onFailure: fail,
  });
  onChange(isNeeded, () => {
    if (isNeeded.peek()) loop.readNow();
  });
  return loop;
}
