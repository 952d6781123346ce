import type { Change, Subscriber } from './subscribers.ts';

/** A way to end a subscription: the client leaves, or its connection is cut. */
export type Parting = 'leaves' | 'is cut';

/** What a subscriber that comes and goes needs. */
export interface ReturningOptions {
  readonly subscribe: (lastEventId: string | null) => Subscriber;
  /** Cuts the connections of this subscriber. */
  readonly cut: () => void;
  /** Called each time the subscriber missed events and starts again from the whole matrix. */
  readonly onMissed: () => void;
}

/** A subscriber that goes and comes back with the id of the last event that it received. */
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
    /** Takes the events that have arrived since the last call. */
    take(): readonly Change[] {
      settle();
      return earlier.splice(0);
    },
    /** Whether its last subscription was refused. */
    isRefused: () => current !== null && current.codes.length > 0,
    isHere: () => current !== null,
    part(how: Parting) {
      if (lastEventId === null) return;
      if (how === 'is cut') cut();
      settle();
      // After a cut, too: a connection that is being made may have survived.
      current?.leave();
      current = null;
    },
    comeBack() {
      current ??= subscribe(lastEventId);
    },
    /** Subscribes again if the last subscription was refused, without the last id if events were missed. */
    tryAgain(): 'anew' | 'again' | null {
      if (current === null || current.codes.length === 0) return null;
      const hasMissed = current.codes.includes('EVENTS_MISSED');
      if (hasMissed) {
        onMissed();
        lastEventId = null;
      }
      current.leave();
      current = subscribe(lastEventId);
      return hasMissed ? 'anew' : 'again';
    },
  };
}
