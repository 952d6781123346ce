import { createPause } from '../gateway/pause.ts';
import { retryDelayMs } from '../gateway/retry-delay.ts';

/** What a read loop needs. */
export interface ReadLoopOptions {
  /** Reads once; rejects when the read fails. Aborting `signal` also ends what the read has left running in the background. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** Returns how long after a successful read to read again, in milliseconds. */
  readonly nextReadInMs: () => number;
  /** Runs after a failed read. Returns whether to try again in `retryInMs`; otherwise the loop waits for `readNow`. */
  readonly onFailure: (error: unknown, retryInMs: number) => boolean;
}

/** A loop that reads again and again. */
export interface ReadLoop {
  /** Reads now. A running read is aborted, because its responses may be older than the event that has made this read necessary. */
  readNow(): void;
}

/** The longest delay of a timer, in milliseconds: 24 days. */
const UNTIL_CALLED_MS = 2 ** 31 - 1;

/** Reads at once and then at intervals. After a failure it retries, with a delay that grows with each failure in a row. */
export function createReadLoop({ read, nextReadInMs, onFailure }: ReadLoopOptions): ReadLoop {
  const pause = createPause();
  let current = new AbortController();
  let failures = 0;

  /** Reads once. Returns how long to wait before the next read, in milliseconds. */
  async function readOnce(): Promise<number> {
    if (current.signal.aborted) current = new AbortController();
    const { signal } = current;
    try {
      await read(signal);
      failures = 0;
      return nextReadInMs();
    } catch (error) {
      if (signal.aborted) return 0;
      // The other requests of this read are no longer needed.
      current.abort();
      failures += 1;
      const retryInMs = retryDelayMs(failures, Math.random());
      return onFailure(error, retryInMs) ? retryInMs : UNTIL_CALLED_MS;
    }
  }

  async function readOn(): Promise<never> {
    for (;;) {
      const ms = await readOnce();
      if (ms > 0) await pause.wait(ms);
    }
  }

  void readOn();
  return {
    readNow() {
      current.abort();
      pause.end();
    },
  };
}
