/**
 * The `cache-control` of a response that must not be stored although it has data and no errors. HTTP caches obey `no-store`. The response
 * cache of Hive Gateway obeys only `max-age`. Without `max-age`, that cache would store the response for the time in its own configuration,
 * which is unlimited by default.
 */
export const NOT_KEPT = 'no-store, max-age=0';

/**
 * Returns the `cache-control` of a response. `freshUntil` is the time until which the response is fresh, in milliseconds of this process's
 * monotonic clock.
 */
export type CacheControl = (freshUntil: number) => string;

/** The values that `cache-control` depends on, in addition to the response. */
export interface CacheControlOptions {
  /** Returns the time of this process's monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** How long caches may store a response that stays fresh forever, in milliseconds. */
  readonly longestMs: number;
  /** Whether only the client's own cache may store responses. */
  readonly isPrivate: boolean;
}

/**
 * Creates the function that returns the `cache-control` of responses. Caches may store a response for as long as it stays fresh, rounded
 * down to whole seconds. They must not store a response that is fresh for less than one second. With `must-revalidate`, they must not use a
 * response that is no longer fresh, even if they cannot reach the gateway. `s-maxage=0` in a private response is for caches that do not
 * support `private`.
 */
export function createCacheControl({ now, longestMs, isPrivate }: CacheControlOptions): CacheControl {
  const textFor = (maxAge: number) =>
    isPrivate
      ? `private, max-age=${maxAge}, s-maxage=0, must-revalidate`
      : `public, max-age=${maxAge}, must-revalidate`;
  // The last header value is reused, because most consecutive responses have the same `max-age`.
  let last = { maxAge: 0, text: NOT_KEPT };
  return (freshUntil) => {
    const leftMs = freshUntil === Number.POSITIVE_INFINITY ? longestMs : freshUntil - now();
    if (leftMs < 1000) return NOT_KEPT;
    const maxAge = Math.floor(leftMs / 1000);
    if (maxAge !== last.maxAge) last = { maxAge, text: textFor(maxAge) };
    return last.text;
  };
}
