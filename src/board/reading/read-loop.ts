import { createPause } from '../gateway/pause.ts';
import { retryDelayMs } from '../gateway/retry-delay.ts';
import { QueryError } from '../gateway/send-query.ts';

export interface ReadLoopOptions {
  /** Reads once, and rejects on failure. Aborting `signal` also aborts requests that continue in the background after the read. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** Returns the waiting time between a successful read and the next one, in milliseconds. If infinite, the loop waits for `readNow`. */
  readonly nextReadInMs: () => number;
  /** Runs after a failed read. Returns whether to retry after `retryInMs` milliseconds. If false, the loop waits for `readNow`. */
  readonly onFailure: (error: unknown, retryInMs: number) => boolean;
}

/** A loop that reads data from the gateway at intervals. */
export interface ReadLoop {
  /** Starts a new read at once. Aborts a running read, because its responses may be older than the event that caused this call. */
  readNow(): void;
}

/** The waiting time when only `readNow` is to start the next read, in milliseconds. It is 24 days, the longest delay of a timer. */
const UNTIL_CALLED_MS = 2 ** 31 - 1;

/**
 * Starts a loop that reads at once and then at intervals. After a failed read, the loop waits and retries. The wait grows with each further
 * failure in a row, and is never shorter than the gateway requests.
 */
export function createReadLoop({ read, nextReadInMs, onFailure }: ReadLoopOptions): ReadLoop {
  const pause = createPause();
  let current = new AbortController();
  let failures = 0;

  /** Reads once. Returns the waiting time before the next read, in milliseconds. */
  async function readOnce(): Promise<number> {
    if (current.signal.aborted) current = new AbortController();
    const { signal } = current;
    try {
      await read(signal);
      failures = 0;
      // If `readNow` is called in the last step of a read, `signal` is aborted although `read` succeeds. The loop then reads again at once.
      return signal.aborted ? 0 : Math.min(nextReadInMs(), UNTIL_CALLED_MS);
    } catch (error) {
      if (signal.aborted) return 0;
      // Aborts the other requests of the failed read.
      current.abort();
      failures += 1;
      const askedMs = error instanceof QueryError ? error.retryAfterMs : 0;
      const retryInMs = Math.min(UNTIL_CALLED_MS, Math.max(askedMs, retryDelayMs(failures, Math.random())));
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
