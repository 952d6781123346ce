/**
 * Forbids every cache to keep an answer that has data and no errors. HTTP caches go by `no-store`. The response cache of Hive Gateway reads
 * `max-age` alone, and keeps such an answer without it for as long as it is configured to, by default forever.
 */
export const NOT_KEPT = 'no-store, max-age=0';

/** Returns the `cache-control` of an answer that is fresh until a moment on the steady scale of this process. */
export type CacheControl = (freshUntil: number) => string;

/** What `cache-control` depends on besides the answer. */
export interface CacheControlOptions {
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** How long caches may keep an answer that never grows old, in milliseconds. */
  readonly longestMs: number;
  /** Whether only the client itself may keep answers. */
  readonly isPrivate: boolean;
}

/**
 * Answers may be kept for the whole seconds that are left, rounded down, and not at all when less than one is left. `must-revalidate` keeps
 * caches that cannot reach the gateway from using an answer after that. `s-maxage=0` of a private answer is for caches that do not know
 * `private`.
 */
export function createCacheControl({ now, longestMs, isPrivate }: CacheControlOptions): CacheControl {
  const textFor = (maxAge: number) =>
    isPrivate
      ? `private, max-age=${maxAge}, s-maxage=0, must-revalidate`
      : `public, max-age=${maxAge}, must-revalidate`;
  // Most answers in a row have the same seconds left.
  let last = { maxAge: 0, text: NOT_KEPT };
  return (freshUntil) => {
    const leftMs = freshUntil === Number.POSITIVE_INFINITY ? longestMs : freshUntil - now();
    if (leftMs < 1000) return NOT_KEPT;
    const maxAge = Math.floor(leftMs / 1000);
    if (maxAge !== last.maxAge) last = { maxAge, text: textFor(maxAge) };
    return last.text;
  };
}
