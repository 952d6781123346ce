/** One tab of a group is its leader. The others wait until it closes, crashes or resigns. */
export interface Leadership {
  /** Waits for the turn to lead. The turn comes at once when nobody leads. */
  wait(): void;
  /** Replaces a leader that does not answer. */
  take(): void;
  /** Resigns, or stops waiting. */
  leave(): void;
}

/** What a tab does when it begins to lead, and when another tab has taken its place. */
export interface LeadershipHandlers {
  readonly onLead: () => void;
  readonly onLost: () => void;
}

/**
 * The leader is the tab that holds the Web Lock `name`. The browser releases the lock of a tab that is gone, whatever the reason.
 * When the browser refuses locks to this page, the tab leads without one, as if it were alone.
 */
export function createLeadership(locks: LockManager, name: string, { onLead, onLost }: LeadershipHandlers): Leadership {
  let current = new AbortController();

  function request(isTaken: boolean): void {
    current.abort();
    const turn = new AbortController();
    current = turn;
    // The two options exclude each other; a lock that is taken needs no waiting.
    const options: LockOptions = isTaken ? { steal: true } : { signal: turn.signal };
    const hold = async () => {
      // The turn may come while this tab gives it up.
      if (turn.signal.aborted) return;
      const left = aborted(turn.signal);
      onLead();
      await left;
    };
    locks.request(name, options, hold).catch((error: unknown) => {
      if (turn.signal.aborted) return;
      if (!(error instanceof DOMException && error.name === 'AbortError')) return onLead();
      onLost();
      request(false);
    });
  }

  return {
    wait: () => request(false),
    take: () => request(true),
    leave: () => current.abort(),
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
