import { LRUCache } from 'lru-cache';

/**
 * Decides how long a request may run while other requests wait for its slot. Remembers the subjects (such as a GPU type) whose last request
 * seemed to hang.
 */
export interface HangDetector {
  /** How long a request about `subject` may run while other requests wait for its slot, in milliseconds. */
  yieldAfterMs(subject: string): number;
  /** Whether the last finished request about `subject` was cut off or timed out. */
  isSuspect(subject: string): boolean;
  /** Call this for each answer. `tookMs` is how long the answer took, in milliseconds. */
  answered(subject: string, tookMs: number): void;
  /** Call this when a request was cut off or timed out. */
  hung(subject: string): void;
}

/**
 * The minimum result of `yieldAfterMs`, in milliseconds. A normal answer can take this long when the gateway's machine or RunPod's machine
 * is busy.
 */
const LEAST_MS = 500;

/**
 * The minimum result of `yieldAfterMs`, as a fraction of the time-out. The larger of this minimum and `LEAST_MS` applies. For time-outs
 * longer than 10 s, that is this minimum.
 */
const LEAST_PART = 0.05;

/** The weight of a new answer in the average duration of answers (RFC 6298). */
const USUAL_WEIGHT = 1 / 8;
/** The weight of a new answer in the average deviation from the average duration of answers (RFC 6298). */
const SPREAD_WEIGHT = 1 / 4;

/**
 * The maximum number of subjects that are remembered because their requests hang, and also the maximum number that are remembered because
 * their answers are slow. The least recently used subject is forgotten first. Without these limits, the memory could grow forever, because
 * RunPod could always add new GPU types.
 */
const MAX_SUBJECTS = 10_000;

/**
 * Creates a detector that learns how long the answers of one source usually take. It uses the method with which TCP estimates its
 * retransmission timer (RFC 6298).
 *
 * The limit for a request is the average duration plus four average deviations, and at least three times the average. Before the first
 * answer, the limit is half of `timeoutMs`. The limit doubles with each further subject (such as a GPU type) that hangs, until the next
 * answer arrives. As a result, few requests are cut off when a whole source becomes slow. A subject that is slower than the others gets a
 * longer limit: twice the duration of its last answer. The answers about such a subject do not change the average.
 */
export function createHangDetector(timeoutMs: number): HangDetector {
  const leastMs = Math.max(LEAST_MS, timeoutMs * LEAST_PART);
  let usualMs: number | undefined;
  let spreadMs = 0;
  let hungInARow = 0;
  const suspects = new LRUCache<string, true>({ max: MAX_SUBJECTS });
  /**
   * The durations of slow answers, in milliseconds, by subject. The map contains the subjects whose last answer took longer than the usual
   * limit.
   */
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
