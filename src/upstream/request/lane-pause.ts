import { UpstreamRateLimitedError } from '../../domain/errors.ts';
import type { Lane } from './lane.ts';

/** The maximum time that a request waits because RunPod limits requests, in milliseconds. */
export const LONGEST_WAIT_MS = 10_000;

/** The maximum pause of a lane, in milliseconds. After that, the gateway sends requests again, even if RunPod requested a longer pause. */
export const LONGEST_PAUSE_MS = 60_000;

/**
 * Pauses a lane, which is the part of the queue for one source, because RunPod limits requests. Rejects all waiting requests if they would
 * have to wait for longer than `LONGEST_WAIT_MS`.
 */
export function pauseLane(lane: Pick<Lane, 'pause' | 'pausedMs' | 'rejectAll'>, ms: number): void {
  lane.pause(ms);
  if (lane.pausedMs() <= LONGEST_WAIT_MS) return;
  lane.rejectAll((operation) => new UpstreamRateLimitedError(operation, lane.pausedMs()));
}
