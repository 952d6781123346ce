import { UpstreamRateLimitedError } from '../domain/errors.ts';
import type { Lane } from './line.ts';

/** The longest that anybody is kept waiting because RunPod asked for fewer requests. */
export const LONGEST_WAIT_MS = 10_000;

/** How long RunPod is left alone after a 429 that does not say; doubled by each further one of the whole source. */
const FIRST_PAUSE_MS = 1000;

/** A 429 may be about one GPU type, so the others are not kept from asking for longer than this. */
const LONGEST_FIRST_PAUSE_MS = 2000;

/** The longest pause that is made. */
export const LONGEST_PAUSE_MS = 60_000;

/** Tells other replicas for how long the source is left alone, in milliseconds; `onRefused` is told when they do. */
export type ShareRefusals = (onRefused: (pauseMs: number) => void) => (pauseMs: number) => void;

/** For a gateway that is alone. */
export const NOBODY_TO_TELL: ShareRefusals = () => () => {};

/** Slows a whole source down when it asks for fewer requests. */
export interface SlowDown {
  /** To be told of each 429, and when the request that got it was started, by `performance.now()`. */
  refused(retryAfterMs: number | null, startedAt: number): void;
  /** To be told of each request that was answered as asked. */
  answered(): void;
}

/**
 * After a 429 the whole lane pauses, and goes on with one request at a time; each that is answered adds one. After a second
 * one in a row, with no answer between them, `isRefusing` asks for something that is about no GPU type. When that is refused
 * too, the pause is as long as RunPod asks, up to a minute, and at least doubled each time; nobody is kept waiting through
 * one of more than `LONGEST_WAIT_MS`.
 */
export function createSlowDown(lane: Lane, isRefusing: () => Promise<boolean>, share: ShareRefusals): SlowDown {
  let inARow = 0;
  let ofSource = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let concurrency = Number.POSITIVE_INFINITY;
  let asking = false;

  const tell = share(leaveAlone);

  /** Then one request at a time; nobody is kept waiting through a long pause. */
  function leaveAlone(pauseMs: number): void {
    concurrency = 1;
    lane.setConcurrency(concurrency);
    lane.pause(pauseMs);
    if (lane.pausedMs() > LONGEST_WAIT_MS) {
      lane.refuseAll((operation) => new UpstreamRateLimitedError(operation, lane.pausedMs()));
    }
  }

  async function findOut(retryAfterMs: number | null): Promise<void> {
    if (asking) return;
    asking = true;
    if (await isRefusing()) {
      ofSource += 1;
      const pauseMs = Math.min(Math.max(retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** ofSource), LONGEST_PAUSE_MS);
      leaveAlone(pauseMs);
      tell(pauseMs);
    }
    asking = false;
  }

  return {
    refused(retryAfterMs, startedAt) {
      // Requests that were under way together are refused together, and count as one.
      if (startedAt <= pausedAt && inARow > 0) return;
      inARow += 1;
      pausedAt = performance.now();
      const pauseMs = Math.min(retryAfterMs ?? FIRST_PAUSE_MS, LONGEST_FIRST_PAUSE_MS);
      leaveAlone(pauseMs);
      tell(pauseMs);
      if (inARow > 1) void findOut(retryAfterMs);
    },
    answered() {
      inARow = 0;
      ofSource = 0;
      if (concurrency === Number.POSITIVE_INFINITY) return;
      concurrency += 1;
      lane.setConcurrency(concurrency);
    },
  };
}
