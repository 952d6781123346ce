import type { Client } from '../domain/client.ts';

/** What a client's budget needs. */
export interface ClientBudgetOptions {
  /** Requests to RunPod that one client may cause in a minute. */
  readonly perMinute: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** Called each time that RunPod is not asked because the budget is spent. */
  readonly onRefused: () => void;
}

const MINUTE_MS = 60_000;

/**
 * A client that causes at most `perMinute` requests in any 60 seconds. It remembers when it made each of them, since a bucket of tokens
 * would let twice as many through when a full bucket is spent and refilled within the minute. A waiting request is reserved. Its 60
 * seconds begin when it is sent. A request that nobody waits for is reserved only until one that somebody waits for needs its place.
 */
export function createBudgetedClient({ perMinute, now, onRefused }: ClientBudgetOptions): Client {
  /** Times of the requests of the last minute, the oldest first. */
  const made: number[] = [];
  const reserved = { awaited: 0, optional: 0 };

  function left(awaited: boolean): number {
    const from = now() - MINUTE_MS;
    while (made[0] !== undefined && made[0] <= from) made.shift();
    return Math.max(0, perMinute - made.length - reserved.awaited - (awaited ? 0 : reserved.optional));
  }

  return {
    perMinute,
    left,
    refused: onRefused,
    waitMs() {
      if (left(true) > 0) return 0;
      const [oldest = now()] = made;
      return oldest + MINUTE_MS - now();
    },
    reserve(awaited) {
      if (left(awaited) === 0) return null;
      const kind = awaited ? 'awaited' : 'optional';
      let isReserved = true;
      reserved[kind] += 1;
      const release = () => {
        if (isReserved) reserved[kind] -= 1;
        isReserved = false;
      };
      return {
        use() {
          release();
          if (left(true) === 0) return false;
          made.push(now());
          return true;
        },
        release,
      };
    },
  };
}
