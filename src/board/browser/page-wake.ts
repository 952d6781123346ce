/** If more than this many milliseconds pass between two ticks of the timer, the page was frozen or the machine slept. */
const LATE_MS = 5000;

/** A page that was hidden for more than this many milliseconds may show outdated data. */
const LONG_HIDDEN_MS = 1000;

/**
 * Calls `onWake` when the page becomes visible after it was hidden for more than a second. Also calls `onWake` when the page runs again
 * after a pause: the browser had frozen it or kept it in the back/forward cache, or the machine slept.
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
    // Browsers slow down the timers of a hidden page, so a late timer in a hidden page does not prove that the page was frozen.
    if (wasFrozen && !page.hidden) onWake();
  }, 1000);
}
