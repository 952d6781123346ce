/** What a tab does before the browser freezes it or puts it into the back/forward cache, and when it runs again. */
export interface SleepHandlers {
  readonly onSleep: () => void;
  readonly onWake: () => void;
}

/** Watches the life cycle of a page until `signal` is aborted. A page that is closed goes to sleep and never wakes. */
export function watchPageSleep({ onSleep, onWake }: SleepHandlers, signal: AbortSignal): void {
  let isAsleep = false;
  const sleep = () => {
    if (!isAsleep) onSleep();
    isAsleep = true;
  };
  const wake = () => {
    if (isAsleep) onWake();
    isAsleep = false;
  };
  document.addEventListener('freeze', sleep, { signal });
  document.addEventListener('resume', wake, { signal });
  addEventListener('pagehide', sleep, { signal });
  addEventListener('pageshow', wake, { signal });
}
