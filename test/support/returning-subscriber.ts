import type { Change, Subscriber } from './subscribers.ts';

/** A way in which a subscription ends: the client ends the subscription itself, or its connection is cut. */
export type Parting = 'leaves' | 'is cut';

/** Options of `createReturningSubscriber`. */
export interface ReturningOptions {
  readonly subscribe: (lastEventId: string | null) => Subscriber;
  /** Cuts the connections of this subscriber. */
  readonly cut: () => void;
  /** Called each time the subscriber has missed events and must read all rows again. */
  readonly onMissed: () => void;
}

/** Creates a subscriber that can end its subscription and subscribe again with the id of the last event that it received. */
export function createReturningSubscriber({ subscribe, cut, onMissed }: ReturningOptions) {
  const earlier: Change[] = [];
  let lastEventId: string | null = null;
  let current: Subscriber | null = subscribe(null);

  function settle(): void {
    if (current === null) return;
    earlier.push(...current.changes.splice(0));
    lastEventId = earlier.at(-1)?.id ?? lastEventId;
  }

  return {
    /** Returns the events that have arrived since the last call. */
    take(): readonly Change[] {
      settle();
      return earlier.splice(0);
    },
    /** Whether the subscriber's last subscription was refused. */
    isRefused: () => current !== null && current.codes.length > 0,
    isHere: () => current !== null,
    part(how: Parting) {
      if (lastEventId === null) return;
      if (how === 'is cut') cut();
      settle();
      // Ends the subscription even after a cut, because a cut does not affect a connection that is still being opened.
      current?.leave();
      current = null;
    },
    comeBack() {
      current ??= subscribe(lastEventId);
    },
    /**
     * Subscribes again if the last subscription was refused. Otherwise, returns `null`. Returns 'resumed' if the new subscription continues
     * after the last received event. Returns 'restarted' if the gateway cannot send the missed events, so that the subscriber must read
     * all rows again.
     */
    tryAgain(): 'resumed' | 'restarted' | null {
      if (current === null || current.codes.length === 0) return null;
      const hasMissed = current.codes.includes('EVENTS_MISSED');
      if (hasMissed) {
        onMissed();
        lastEventId = null;
      }
      current.leave();
      current = subscribe(lastEventId);
      return hasMissed ? 'restarted' : 'resumed';
    },
  };
}
