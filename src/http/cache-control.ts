/**
 * The `cache-control` of a response that must not be stored although it has data and no errors. HTTP caches obey `no-store`. The response
 * cache of Hive Gateway obeys only `max-age`. If `max-age` were missing, it would store such a response for its configured time, which is
 * unlimited by default.
 */
export const NOT_KEPT = 'no-store, max-age=0';

/** Returns the `cache-control` of a response that is fresh until `freshUntil`, in milliseconds of this process's monotonic clock. */
export type CacheControl = (freshUntil: number) => string;

/** The values that `cache-control` depends on, in addition to the response. */
export interface CacheControlOptions {
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** The maximum time for which caches may store a response, in milliseconds. It applies to a response that stays fresh forever. */
  readonly longestMs: number;
  /** Whether only the client's own cache may store responses. */
  readonly isPrivate: boolean;
}

/**
 * Creates the function that returns the `cache-control` of responses. Caches may store a response until it stops being fresh, rounded down
 * to whole seconds. They must not store a response that is fresh for less than one second. `must-revalidate` forbids caches to use a
 * response after that time, even if they cannot reach the gateway. `s-maxage=0` in a private response is for caches that do not support
 * `private`.
 */
export function createCacheControl({ now, longestMs, isPrivate }: CacheControlOptions): CacheControl {
  const textFor = (maxAge: number) =>
    isPrivate
      ? `private, max-age=${maxAge}, s-maxage=0, must-revalidate`
      : `public, max-age=${maxAge}, must-revalidate`;
  // The last text is reused, because most consecutive responses have the same `max-age`.
  let last = { maxAge: 0, text: NOT_KEPT };
  return (freshUntil) => {
    const leftMs = freshUntil === Number.POSITIVE_INFINITY ? longestMs : freshUntil - now();
    if (leftMs < 1000) return NOT_KEPT;
    const maxAge = Math.floor(leftMs / 1000);
    if (maxAge !== last.maxAge) last = { maxAge, text: textFor(maxAge) };
    return last.text;
  };
}
