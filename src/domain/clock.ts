/** Two readings of time. */
export interface Clock {
  /**
   * Milliseconds on the steady scale of this process, which begins anywhere and never jumps. Every age, wait and pause is measured
   * on it.
   */
  readonly now: () => number;
  /** Milliseconds since 1970 by the clock of the machine, which anybody may set. For what is shown, or shared with other processes. */
  readonly wallNow: () => number;
}

/** The clocks of this process and its machine. */
export const SYSTEM_CLOCK: Clock = { now: () => performance.now(), wallNow: () => Date.now() };

/** The moment at which RunPod was asked. */
export interface Asked {
  /** On the steady scale of this process. Decides how old an answer is, and which of two answers counts. */
  readonly askedAt: number;
  /** The same moment as clients see it: RFC 3339 in UTC, by the wall clock of the process that asked. */
  readonly observedAt: string;
}

/** This moment. */
export const askedNow = ({ now, wallNow }: Clock): Asked => ({
  askedAt: now(),
  observedAt: new Date(wallNow()).toISOString(),
});

/** The part of `Asked` by itself, of something that has more. */
export const askedOf = ({ askedAt, observedAt }: Asked): Asked => ({ askedAt, observedAt });

/** How far ahead another machine's clock may be, in milliseconds. Synchronised clocks differ by much less. */
const TOLERANCE_MS = 5000;

/**
 * Places a time that another process wrote on the steady scale of this one: as long ago as the wall clock says, once and for all.
 * `null` for a time in the future, beyond what clocks may differ by: nothing can be said about its age.
 */
export function placeInTime(observedAt: string, { now, wallNow }: Clock): number | null {
  const ageMs = wallNow() - Date.parse(observedAt);
  return ageMs < -TOLERANCE_MS ? null : now() - Math.max(0, ageMs);
}
