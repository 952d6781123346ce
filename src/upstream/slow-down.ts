import { UpstreamRateLimitedError } from '../domain/errors.ts';
import type { Line } from './line.ts';

/** The longest that anybody is kept waiting because RunPod asked for fewer requests. */
export const LONGEST_WAIT_MS = 10_000;

/** How long RunPod is left alone after a 429 that does not say; doubled by each further one in a row. */
const FIRST_PAUSE_MS = 1000;

/** A single 429 may be about one GPU type, so the others are not kept from asking for longer than this. */
const LONGEST_FIRST_PAUSE_MS = 2000;

const LONGEST_PAUSE_MS = 60_000;

/** Slows a whole source down when it asks for fewer requests. */
export interface SlowDown {
  /** To be told of each 429, and when the request that got it was started, in milliseconds since 1970. */
  refused(retryAfterMs: number | null, startedAt: number): void;
  /** To be told of each request that was answered as asked. */
  answered(): void;
}

/**
 * After a 429 the whole line pauses, and goes on with one request at a time; each that is answered adds one. When 429s come in
 * a row, with no answer between them, they are about the whole source: the pause is as long as RunPod asks, up to a minute,
 * and at least doubled each time. Nobody is kept waiting through a pause of more than `LONGEST_WAIT_MS`.
 */
export function createSlowDown(line: Line): SlowDown {
  let inARow = 0;
  let pausedAt = 0;
  let concurrency = Number.POSITIVE_INFINITY;

  return {
    refused(retryAfterMs, startedAt) {
      // Requests that were under way together are refused together, and count as one.
      if (startedAt <= pausedAt && inARow > 0) return;
      inARow += 1;
      pausedAt = Date.now();
      concurrency = 1;
      line.setConcurrency(concurrency);
      line.pause(pauseMs(inARow, retryAfterMs));
      if (line.pausedMs() > LONGEST_WAIT_MS) {
        line.refuseAll((operation) => new UpstreamRateLimitedError(operation, line.pausedMs()));
      }
    },
    answered() {
      inARow = 0;
      if (concurrency === Number.POSITIVE_INFINITY) return;
      concurrency += 1;
      line.setConcurrency(concurrency);
    },
  };
}

function pauseMs(inARow: number, retryAfterMs: number | null): number {
  if (inARow === 1) return Math.min(retryAfterMs ?? FIRST_PAUSE_MS, LONGEST_FIRST_PAUSE_MS);
  return Math.min(Math.max(retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** (inARow - 1)), LONGEST_PAUSE_MS);
}
