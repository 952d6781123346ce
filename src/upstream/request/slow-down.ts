import { UpstreamRateLimitedError } from '../../domain/errors.ts';
import type { Lane } from './lane.ts';
import { LONGEST_PAUSE_MS, pauseLane } from './lane-pause.ts';

/** The pause after a 429 without Retry-After, in milliseconds. It doubles with each further 429 that concerns the whole source. */
const FIRST_PAUSE_MS = 1000;

/** The longest pause, in milliseconds, while a 429 may concern only one GPU type. Requests about other GPU types should not wait longer. */
const LONGEST_FIRST_PAUSE_MS = 2000;

/**
 * Shares pauses with other replicas. The returned function announces a pause of this replica, in milliseconds. `onRefused` is called when
 * another replica announces one.
 */
export type ShareRefusals = (onRefused: (pauseMs: number) => void) => (pauseMs: number) => void;

/** Shares nothing, for a gateway that runs alone. */
export const SHARE_NOTHING: ShareRefusals = () => () => {};

/** Slows the requests to a whole source down when the source asks for fewer requests. */
export interface SlowDown {
  /** Call this for each 429. `startedAt` is when its request started, by `performance.now()`. */
  refused(retryAfterMs: number | null, startedAt: number): void;
  /** Call this for each request that was answered. */
  answered(): void;
}

/**
 * Creates a slow-down for `lane`. After a 429 the lane pauses, and then continues with one request at a time. Each answered request raises
 * that limit by one.
 * After a second 429 in a row, `probe` sends a request about no particular GPU type. If the answer is a 429 too, the pause is as long
 * as RunPod asks for, up to a minute, and at least doubles each time.
 */
export function createSlowDown(lane: Lane, probe: () => Promise<unknown>, share: ShareRefusals): SlowDown {
  let inARow = 0;
  let ofSource = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let concurrency = Number.POSITIVE_INFINITY;
  let isProbing = false;

  const announce = share(pause);

  /** Pauses the lane, then lets one request run at a time. */
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
      // Requests that were in flight together are refused together, and count as one refusal.
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

/** Whether the source answers the probe with a 429. */
async function isRateLimited(probe: () => Promise<unknown>): Promise<boolean> {
  try {
    await probe();
    return false;
  } catch (error) {
    return error instanceof UpstreamRateLimitedError;
  }
}
