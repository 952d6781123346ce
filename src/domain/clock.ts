/** A monotonic clock and a wall clock. */
export interface Clock {
  /**
   * Returns the monotonic time of this process, in milliseconds since an arbitrary start. This time never jumps, so all ages, waits and
   * pauses are measured with it.
   */
  readonly now: () => number;
  /**
   * Returns the time of the machine's wall clock, in milliseconds since 1970. This time may jump when the clock is set, so it is used only
   * for times that are displayed or shared with other processes.
   */
  readonly wallNow: () => number;
}

/** The clocks of this process and its machine. */
export const SYSTEM_CLOCK: Clock = { now: () => performance.now(), wallNow: () => Date.now() };

/** The time at which a request to RunPod was sent, on the wall clock and on the monotonic clock. */
export interface Asked {
  /**
   * The time at which the request was sent, on the monotonic clock of this process, in milliseconds. It determines the age of an answer,
   * and which of two answers is newer.
   */
  readonly askedAt: number;
  /** The time at which the request was sent, on the wall clock of the process that sent it, in RFC 3339 and UTC. Clients see this time. */
  readonly observedAt: string;
}

/** Returns the current time on the wall clock and on the monotonic clock. */
export const askedNow = ({ now, wallNow }: Clock): Asked => ({
  askedAt: now(),
  observedAt: new Date(wallNow()).toISOString(),
});

/** Returns only the `Asked` fields of a larger object. */
export const askedOf = ({ askedAt, observedAt }: Asked): Asked => ({ askedAt, observedAt });

/** How far the clock of another machine may be ahead, in milliseconds. Synchronised clocks differ by much less. */
const TOLERANCE_MS = 5000;

/**
 * Converts a wall-clock time from another process to the monotonic clock of this process. The result has the same age on the monotonic
 * clock as `observedAt` has on the wall clock. Returns `null` if `observedAt` is more than `TOLERANCE_MS` in the future, because its age is
 * then unknown.
 */
export function toMonotonic(observedAt: string, { now, wallNow }: Clock): number | null {
  const ageMs = wallNow() - Date.parse(observedAt);
  return ageMs < -TOLERANCE_MS ? null : now() - Math.max(0, ageMs);
}
