import { UpstreamRateLimitedError } from '../../domain/errors.ts';
import type { Lane } from './lane.ts';

/** The maximum time that a request may wait because of RunPod's rate limit, in milliseconds. */
export const LONGEST_WAIT_MS = 10_000;

/**
 * The maximum pause between requests to one source, in milliseconds. After that, the gateway sends requests again, even if RunPod requested
 * a longer pause.
 */
export const LONGEST_PAUSE_MS = 60_000;

/**
 * Pauses `lane`, the queue of requests to one source, because of RunPod's rate limit. If the pause lasts longer than `LONGEST_WAIT_MS`,
 * rejects all waiting requests.
 */
export function pauseLane(lane: Pick<Lane, 'pause' | 'pausedMs' | 'rejectAll'>, ms: number): void {
  lane.pause(ms);
  if (lane.pausedMs() <= LONGEST_WAIT_MS) return;
  lane.rejectAll((operation) => new UpstreamRateLimitedError(operation, lane.pausedMs()));
}
