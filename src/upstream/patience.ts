/** How long requests are given before they make way for others, and which subjects are known to hang. */
export interface Patience {
  /** How long a request about `subject` may take, in milliseconds, while other requests wait for its slot. */
  limitMs(subject: string): number;
  /** Whether the last request about `subject` that ended was cut off or timed out. */
  isSuspect(subject: string): boolean;
  /** To be called with each answer, and the milliseconds it took. */
  answered(subject: string, tookMs: number): void;
  /** To be called when a request was cut off or timed out. */
  hung(subject: string): void;
}

/** The shortest limit in milliseconds: a busy machine on either side takes this long now and then. */
const LEAST_MS = 500;

/** The same as a part of the time-out: a longer time-out than 10 s makes this limit longer too. */
const LEAST_PART = 0.05;

/** How much a new answer changes the average, and how much it changes the average deviation (RFC 6298). */
const USUAL_WEIGHT = 1 / 8;
const SPREAD_WEIGHT = 1 / 4;

/**
 * Learns from the answers of one source how long they usually take, as TCP estimates its retransmission timer (RFC 6298): the
 * limit is the average plus four average deviations, and at least three times the average. It doubles with each new subject that
 * hangs and is reset by an answer, so that a source which becomes slow as a whole loses few requests. Before the first answer it
 * is half of `timeoutMs`. A subject that is slow by itself gets twice the time of its last answer, and does not change the average.
 */
export function createPatience(timeoutMs: number): Patience {
  const leastMs = Math.max(LEAST_MS, timeoutMs * LEAST_PART);
  let usualMs: number | undefined;
  let spreadMs = 0;
  let hungInARow = 0;
  const suspects = new Set<string>();
  /** Subjects whose answers take longer than usual, and the milliseconds of the last one. */
  const slow = new Map<string, number>();

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
    limitMs: (subject) => Math.max(usualLimitMs(), 2 * (slow.get(subject) ?? 0)) * 2 ** hungInARow,
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
      suspects.add(subject);
    },
  };
}
