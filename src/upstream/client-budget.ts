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
 * would let twice as many through when a full bucket is spent and refilled within the minute. Requests that wait for a slot are held
 * back from the budget and count from the moment they are made.
 */
export function createBudgetedClient({ perMinute, now, onRefused }: ClientBudgetOptions): Client {
  /** Times of the requests of the last minute, the oldest first. */
  const made: number[] = [];
  let held = 0;

  function forgetOld(): void {
    const from = now() - MINUTE_MS;
    while (made[0] !== undefined && made[0] <= from) made.shift();
  }

  function left(): number {
    forgetOld();
    return perMinute - held - made.length;
  }

  return {
    perMinute,
    left,
    refused: onRefused,
    waitMs() {
      if (left() > 0) return 0;
      const [oldest = now()] = made;
      return oldest + MINUTE_MS - now();
    },
    reserve(requests) {
      if (requests > left()) return null;
      let isHeld = true;
      held += requests;
      const release = () => {
        if (isHeld) held -= requests;
        isHeld = false;
      };
      return {
        use() {
          release();
          for (let request = 0; request < requests; request += 1) made.push(now());
        },
        release,
      };
    },
  };
}
