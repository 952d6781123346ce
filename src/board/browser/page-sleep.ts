/** What a tab does before the browser freezes it or puts it into the back/forward cache, and when it runs again. */
export interface SleepHandlers {
  onSleep(): void;
  onWake(): void;
}

/** Watches the life cycle of the page until `signal` is aborted. A page that is closed goes to sleep and never wakes. */
export function watchPageSleep(handlers: SleepHandlers, signal: AbortSignal): void {
  let isAsleep = false;
  const sleep = () => {
    if (!isAsleep) handlers.onSleep();
    isAsleep = true;
  };
  const wake = () => {
    if (isAsleep) handlers.onWake();
    isAsleep = false;
  };
  document.addEventListener('freeze', sleep, { signal });
  document.addEventListener('resume', wake, { signal });
  addEventListener('pagehide', sleep, { signal });
  addEventListener('pageshow', wake, { signal });
}
