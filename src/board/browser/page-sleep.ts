/**
 * What a tab does when it goes to sleep and when it wakes. A tab sleeps while the browser has frozen it or keeps it in the back/forward
 * cache.
 */
export interface SleepHandlers {
  onSleep(): void;
  onWake(): void;
}

/** Calls the handlers whenever the page goes to sleep or wakes, until `signal` is aborted. Closing the page also calls `onSleep`. */
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
