import type { Client } from '../../domain/client.ts';

/** Limit and dependencies of a client's budget. */
export interface ClientBudgetOptions {
  /** The maximum number of requests to RunPod that one client may cause in a minute. */
  readonly perMinute: number;
  /** Returns the time of a monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Called each time a request to RunPod is refused because the budget is spent. */
  readonly onRefused: () => void;
}

const MINUTE_MS = 60_000;

/**
 * Creates a client that may cause at most `perMinute` requests to RunPod in any 60 seconds. The budget remembers when each request was
 * sent. A token bucket would allow too much: within one minute, a client could use up a full bucket and its refill.
 * A request that waits for a slot reserves a place in the budget. When the request is sent, it counts for the next 60 seconds. A request
 * that a client waits for may take a place that was reserved for a request that no client waits for.
 */
export function createBudgetedClient({ perMinute, now, onRefused }: ClientBudgetOptions): Client {
  /** The times at which requests were sent in the last minute, the oldest first. */
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
