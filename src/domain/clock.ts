/** A monotonic clock and a wall clock. */
export interface Clock {
  /**
   * Monotonic time of this process, in milliseconds from an arbitrary start. It never jumps. All ages, waits and pauses are
   * measured with it.
   */
  readonly now: () => number;
  /**
   * The wall clock of the machine, in milliseconds since 1970. It may jump when an administrator sets it. It is used for times that are
   * displayed or shared with other processes.
   */
  readonly wallNow: () => number;
}

/** The clocks of this process and its machine. */
export const SYSTEM_CLOCK: Clock = { now: () => performance.now(), wallNow: () => Date.now() };

/** When RunPod was asked. */
export interface Asked {
  /** The time on the monotonic clock of this process. It decides how old an answer is, and which of two answers is newer. */
  readonly askedAt: number;
  /** The same moment as clients see it: RFC 3339 in UTC, by the wall clock of the process that asked RunPod. */
  readonly observedAt: string;
}

/** Reads both clocks now. */
export const askedNow = ({ now, wallNow }: Clock): Asked => ({
  askedAt: now(),
  observedAt: new Date(wallNow()).toISOString(),
});

/** Returns only the `Asked` fields of a larger object. */
export const askedOf = ({ askedAt, observedAt }: Asked): Asked => ({ askedAt, observedAt });

/** How far ahead another machine's clock may be, in milliseconds. Synchronised clocks differ by much less. */
const TOLERANCE_MS = 5000;

/**
 * Converts a wall-clock time from another process to the monotonic clock of this process. The result is as long ago on the monotonic clock
 * as `observedAt` is on the wall clock. Returns `null` if `observedAt` is in the future by more than clocks may differ, because its age is
 * then unknown.
 */
export function toMonotonic(observedAt: string, { now, wallNow }: Clock): number | null {
  const ageMs = wallNow() - Date.parse(observedAt);
  return ageMs < -TOLERANCE_MS ? null : now() - Math.max(0, ageMs);
}
