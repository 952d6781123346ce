import type { ReadonlySignal } from '@preact/signals';
import type { Connection } from '../connection.ts';
import { onChange } from '../on-change.ts';
import { createReadLoop, type ReadLoop } from './read-loop.ts';

/** One part of the page. Each part has its own read loop, so that restarting one loop does not abort the reads of another part. */
export interface Part {
  /** Whether the page needs the data of this part now. While it is false, the loop reads nothing. */
  readonly isNeeded: ReadonlySignal<boolean>;
  /** Reads the lists of GPU types and data centers, which every part of the page needs. */
  readonly readLists: (signal: AbortSignal) => Promise<void>;
  /** Reads the data of the part. Called after `readLists` has succeeded. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** Returns the waiting time between a successful read and the next one, in milliseconds. */
  readonly nextReadInMs: () => number;
}

/** Starts the loop that reads the data of a part of the page. The loop also reads at once when the page begins to need this data. */
export function startPartLoop({ isNeeded, readLists, read, nextReadInMs }: Part, connection: Connection): ReadLoop {
  const { succeed, fail } = connection.track(isNeeded);
  const loop = createReadLoop({
    async read(abort) {
      if (!isNeeded.peek()) return;
      await readLists(abort);
      connection.acceptKey();
      await read(abort);
      // Reports success only after the last step. A success that was reported earlier would end an outage, and a failure of the last step
      // would then announce the outage again.
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
