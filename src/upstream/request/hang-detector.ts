import { LRUCache } from 'lru-cache';

/** Decides how long a request may run while others wait, and which subjects are suspected to hang. */
export interface HangDetector {
  /** How long a request about `subject` may run while other requests wait for its slot, in milliseconds. */
  yieldAfterMs(subject: string): number;
  /** Whether the last finished request about `subject` was cut off or timed out. */
  isSuspect(subject: string): boolean;
  /** Call this with each answer and the milliseconds it took. */
  answered(subject: string, tookMs: number): void;
  /** Call this when a request was cut off or timed out. */
  hung(subject: string): void;
}

/** The shortest limit in milliseconds. A busy machine on either side sometimes takes this long. */
const LEAST_MS = 500;

/** The shortest limit as a fraction of the time-out. It replaces `LEAST_MS` for time-outs longer than 10 s. */
const LEAST_PART = 0.05;

/** Weights of a new answer in the average and in the average deviation (RFC 6298). */
const USUAL_WEIGHT = 1 / 8;
const SPREAD_WEIGHT = 1 / 4;

/** How many subjects that hang or are slow are remembered, those that did so most recently. RunPod could invent new GPU types forever. */
const MAX_SUBJECTS = 10_000;

/**
 * Learns how long the answers of one source usually take, as TCP estimates its retransmission timer (RFC 6298).
 * The limit is the average plus four average deviations, and at least three times the average. Before the first answer it is half of
 * `timeoutMs`. It doubles with each new subject that hangs, and an answer resets it, so a source that becomes slow as a whole loses few
 * requests. A subject that is slow by itself gets twice the time of its last answer, and does not change the average.
 */
export function createHangDetector(timeoutMs: number): HangDetector {
  const leastMs = Math.max(LEAST_MS, timeoutMs * LEAST_PART);
  let usualMs: number | undefined;
  let spreadMs = 0;
  let hungInARow = 0;
  const suspects = new LRUCache<string, true>({ max: MAX_SUBJECTS });
  /** Subjects whose answers take longer than usual, with the duration of the last answer in milliseconds. */
  const slow = new LRUCache<string, number>({ max: MAX_SUBJECTS });

  const usualLimitMs = () =>
    usualMs === undefined ? timeoutMs / 2 : Math.max(leastMs, usualMs + Math.max(2 * usualMs, 4 * spreadMs));

  function learn(tookMs: number): void {
    if (usualMs === undefined) {
      usualMs = tookMs;
      spreadMs = tookMs / 2;
      return;
    }
    spreadMs += SPREAD_WEIGHT * (Math.abs(tookMs - usualMs) - spreadMs);
    usualMs += USUAL_WEIGHT * (tookMs - usualMs);
  }

  return {
    yieldAfterMs: (subject) => Math.max(usualLimitMs(), 2 * (slow.get(subject) ?? 0)) * 2 ** hungInARow,
    isSuspect: (subject) => suspects.has(subject),
    answered(subject, tookMs) {
      hungInARow = 0;
      const isSpecial = suspects.delete(subject) || slow.has(subject);
      if (!isSpecial) learn(tookMs);
      else if (tookMs > usualLimitMs()) slow.set(subject, tookMs);
      else slow.delete(subject);
    },
    hung(subject) {
      if (!suspects.has(subject)) hungInARow += 1;
      suspects.set(subject, true);
    },
  };
}
