import { backoffMs } from './backoff.ts';
import { createPause } from './pause.ts';

/** What a reader needs. */
export interface ReaderOptions {
  /** Reads once; rejects when it fails. */
  readonly read: (signal: AbortSignal) => Promise<void>;
  /** How long after a success to read again, in milliseconds. */
  readonly everyMs: () => number;
  /** A read has failed; returns whether to try again by itself, which is `againInMs` from now. */
  readonly onFailure: (error: unknown, againInMs: number) => boolean;
}

/** Reads again and again. */
export interface Reader {
  /** Reads now. A read that is under way is given up, since what it brings may be of before. */
  again(): void;
}

/** Longer than any visit, and short enough for a timer. */
const UNTIL_TOLD_MS = 2 ** 31 - 1;

/** Reads at once and then every so often; after a failure sooner, and then less and less often. */
export function createReader({ read, everyMs, onFailure }: ReaderOptions): Reader {
  const pause = createPause();
  let current = new AbortController();
  let failures = 0;

  async function waitAfterRead(): Promise<number> {
    current = new AbortController();
    const { signal } = current;
    try {
      await read(signal);
      failures = 0;
      return everyMs();
    } catch (error) {
      if (signal.aborted) return 0;
      // What else of this read is under way is of no use any more.
      current.abort();
      failures += 1;
      const againInMs = backoffMs(failures, Math.random());
      return onFailure(error, againInMs) ? againInMs : UNTIL_TOLD_MS;
    }
  }

  async function readOn(): Promise<never> {
    for (;;) {
      const ms = await waitAfterRead();
      if (ms > 0) await pause.wait(ms);
    }
  }

  void readOn();
  return {
    again() {
      current.abort();
      pause.end();
    },
  };
}
