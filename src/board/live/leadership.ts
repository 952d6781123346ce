/** A tab's part in choosing the leader of its group. The other tabs wait until the leader closes, crashes or resigns. */
export interface Leadership {
  /** Waits for the turn to lead. Without a leader, the turn comes at once. */
  wait(): void;
  /** Takes the lead from a leader that does not answer. */
  take(): void;
  /** Resigns from the lead, or stops waiting for it. */
  leave(): void;
}

/** What a tab does when it begins to lead, and when another tab has taken the lead from it. */
export interface LeadershipHandlers {
  readonly onLead: () => void;
  readonly onLost: () => void;
}

/**
 * Chooses the leader by the Web Lock `name`: the tab that holds it leads. The browser releases the lock of a tab that closes or
 * crashes. If the browser refuses locks to this page, each tab leads without one.
 */
export function createLeadership(locks: LockManager, name: string, { onLead, onLost }: LeadershipHandlers): Leadership {
  let current = new AbortController();

  function request(isStolen: boolean): void {
    current.abort();
    const turn = new AbortController();
    current = turn;
    // The two options exclude each other. A stolen lock is granted at once, so there is nothing to abort.
    const options: LockOptions = isStolen ? { steal: true } : { signal: turn.signal };
    const hold = async () => {
      // The lock may be granted while this tab stops waiting.
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
