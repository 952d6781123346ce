/**
 * Lets a tab take part in choosing the leader of the tabs that share an event stream. While one tab leads, the others wait until it closes,
 * crashes or gives up the lead.
 */
export interface Leadership {
  /** Waits until this tab may lead. If the group has no leader, this tab leads at once. */
  wait(): void;
  /** Takes the lead from a leader that does not answer. */
  take(): void;
  /** Gives up the lead, or stops waiting for it. */
  leave(): void;
}

/** What a tab does when it begins to lead, and when another tab has taken the lead from it. */
export interface LeadershipHandlers {
  readonly onLead: () => void;
  readonly onLost: () => void;
}

/**
 * Chooses the leader by the Web Lock `name`: the tab that holds the lock leads. The browser releases the lock of a tab that closes or
 * crashes. If the browser refuses locks to this page, each tab leads without a lock.
 */
export function createLeadership(locks: LockManager, name: string, { onLead, onLost }: LeadershipHandlers): Leadership {
  let current = new AbortController();

  function request(isStolen: boolean): void {
    current.abort();
    const turn = new AbortController();
    current = turn;
    // The options `steal` and `signal` exclude each other. A stolen lock is granted at once, so there is no waiting to abort.
    const options: LockOptions = isStolen ? { steal: true } : { signal: turn.signal };
    const hold = async () => {
      // The browser may grant the lock just when this tab stops waiting for it. Returning releases the lock.
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
