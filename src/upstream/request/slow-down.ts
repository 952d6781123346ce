import { UpstreamRateLimitedError } from '../../domain/errors.ts';
import type { Lane } from './lane.ts';
import { LONGEST_PAUSE_MS, pauseLane } from './lane-pause.ts';

/**
 * The pause after an HTTP 429 without Retry-After, in milliseconds. The pause is longer if RunPod limits all requests to the source, and
 * not only those about one GPU type (see `createSlowDown`).
 */
const FIRST_PAUSE_MS = 1000;

/**
 * The maximum pause after a 429 that may concern only one GPU type, in milliseconds. It is short, because requests about other GPU types
 * wait too.
 */
const LONGEST_FIRST_PAUSE_MS = 2000;

/**
 * Shares the pauses after an HTTP 429 between replicas. Calls `onRefused` with the duration of each pause that another replica announces.
 * Returns a function that announces a pause of this replica. Durations are in milliseconds.
 */
export type ShareRefusals = (onRefused: (pauseMs: number) => void) => (pauseMs: number) => void;

/** Shares no pauses. A gateway without other replicas uses this function. */
export const SHARE_NOTHING: ShareRefusals = () => () => {};

/** Slows down all requests to a source when the source answers with HTTP 429 (too many requests). */
export interface SlowDown {
  /** Call this for each 429. `startedAt` is when the refused request was sent, by `performance.now()`. */
  refused(retryAfterMs: number | null, startedAt: number): void;
  /** Call this after each response that could be parsed. */
  answered(): void;
}

/**
 * Creates a slow-down for `lane`, the queue of requests to one source. After a 429, the lane pauses. Then the lane may have only one
 * running request, and each answer raises this limit by one.
 * After a second 429 without an answer in between, `probe` sends a request about no particular GPU type. If the answer to the probe is a
 * 429 too, RunPod limits the whole source. The lane then pauses for the time that RunPod requested, but for at least two seconds. This
 * minimum doubles with each further probe that RunPod answers with 429. No pause is longer than a minute.
 */
export function createSlowDown(lane: Lane, probe: () => Promise<unknown>, share: ShareRefusals): SlowDown {
  let inARow = 0;
  let ofSource = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let concurrency = Number.POSITIVE_INFINITY;
  let isProbing = false;

  const announce = share(pause);

  /** Pauses the lane, and limits it to one running request. */
  function pause(pauseMs: number): void {
    concurrency = 1;
    lane.setConcurrency(concurrency);
    pauseLane(lane, pauseMs);
  }

  async function probeSource(retryAfterMs: number | null): Promise<void> {
    if (isProbing) return;
    isProbing = true;
    if (await isRateLimited(probe)) {
      ofSource += 1;
      const pauseMs = Math.min(Math.max(retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** ofSource), LONGEST_PAUSE_MS);
      pause(pauseMs);
      announce(pauseMs);
    }
    isProbing = false;
  }

  return {
    refused(retryAfterMs, startedAt) {
      // Requests that were in flight when the pause began are often refused too. All these refusals have the same cause, so only the first
      // is handled.
      if (startedAt <= pausedAt && inARow > 0) return;
      inARow += 1;
      pausedAt = performance.now();
      const pauseMs = Math.min(retryAfterMs ?? FIRST_PAUSE_MS, LONGEST_FIRST_PAUSE_MS);
      pause(pauseMs);
      announce(pauseMs);
      if (inARow > 1) void probeSource(retryAfterMs);
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

/** Sends the probe. Returns whether the source answers it with a 429. */
async function isRateLimited(probe: () => Promise<unknown>): Promise<boolean> {
  try {
    await probe();
    return false;
  } catch (error) {
    return error instanceof UpstreamRateLimitedError;
  }
}
