/**
 * The maximum time between two reads, in milliseconds: `live` while the event stream is open, `polling` otherwise. The board also reads
 * while the stream is open, because events do not report ages or failures.
 */
export const POLL_INTERVAL_MS = { live: 60_000, polling: 20_000 } as const;

/** The shortest time between two reads, in milliseconds. */
export const MIN_READ_INTERVAL_MS = 1000;

/** The delay before the first retry and the longest delay, in milliseconds. The delay doubles with each failure. */
export const RETRY_DELAY_MS = { first: 1000, longest: 30_000 } as const;

/** How long the gateway may take for the whole response to a query, in milliseconds. */
export const QUERY_TIMEOUT_MS = 60_000;

/**
 * How long an open event stream may be silent before it counts as broken, in milliseconds. The gateway sends something at least every 12
 * seconds.
 */
export const STREAM_SILENCE_MS = 40_000;
