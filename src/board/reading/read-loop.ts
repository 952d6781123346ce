import { createPause } from '../gateway/pause.ts';
import { retryDelayMs } from '../gateway/retry-delay.ts';

/** What a reader needs. */
export interface ReadLoopOptions {
  /** Reads once; rejects when it fails. What it leaves running in the background ends when `signal` is aborted. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** How long after a success to read again, in milliseconds. */
  readonly nextReadInMs: () => number;
  /** A read has failed; returns whether to try again by itself, which is `retryInMs` from now. */
  readonly onFailure: (error: unknown, retryInMs: number) => boolean;
}

/** Reads again and again. */
export interface ReadLoop {
  /** Reads now. A running read is given up, since its answers may be older than what made this necessary. */
  readNow(): void;
}

/** Longer than any visit, and short enough for a timer. */
const UNTIL_CALLED_MS = 2 ** 31 - 1;

/** Reads at once and then at intervals. After a failure it tries again sooner, and then less and less often. */
export function createReadLoop({ read, nextReadInMs, onFailure }: ReadLoopOptions): ReadLoop {
  const pause = createPause();
  let current = new AbortController();
  let failures = 0;

  /** Reads, and returns how long to wait before the next read, in milliseconds. */
  async function readOnce(): Promise<number> {
    if (current.signal.aborted) current = new AbortController();
    const { signal } = current;
    try {
      await read(signal);
      failures = 0;
      return nextReadInMs();
    } catch (error) {
      if (signal.aborted) return 0;
      // The other requests of this read are of no use any more.
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
