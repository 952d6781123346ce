/** When a timer is later than this, in milliseconds, the page was frozen, or the machine slept. */
const LATE_MS = 5000;

/** A page that was hidden for longer than this, in milliseconds, may show old answers. */
const LONG_HIDDEN_MS = 1000;

/**
 * Calls `onWake` when the page is visible again after at least a second, and when it runs again after it was frozen by the browser,
 * kept in the back/forward cache, or stopped by sleep of the machine.
 */
export function watchPageWake(page: Pick<Document, 'hidden' | 'addEventListener'>, onWake: () => void): void {
  let hiddenAt = Number.POSITIVE_INFINITY;
  let tickedAt = Date.now();
  page.addEventListener('visibilitychange', () => {
    const wasLongHidden = Date.now() - hiddenAt > LONG_HIDDEN_MS;
    hiddenAt = page.hidden ? Date.now() : Number.POSITIVE_INFINITY;
    if (!page.hidden && wasLongHidden) onWake();
  });
  setInterval(() => {
    const wasFrozen = Date.now() - tickedAt > LATE_MS;
    tickedAt = Date.now();
    // Browsers slow down the timers of a page that is hidden.
    if (wasFrozen && !page.hidden) onWake();
  }, 1000);
}
