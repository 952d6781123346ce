/** The interval at which the delay of the event loop is measured, in milliseconds. */
const TICK_MS = 20;
/** The length of a measuring window, in milliseconds. All long delays of the event loop in one window are added up. */
const WINDOW_MS = 500;

/**
 * A delay of the event loop is considered long if it exceeds this number of milliseconds. A request that arrives during such a delay waits
 * noticeably.
 */
const LIMIT_MS = 100;

/** A window counts as lagging if long delays take up more than this share of its time. A single slow response takes up less. */
const LAGGING_SHARE = 0.5;

/** The number of consecutive lagging windows after which the gateway counts as overloaded. */
const WINDOWS_TO_BEGIN = 8;
/** The number of consecutive windows without lag after which the gateway no longer counts as overloaded. */
const WINDOWS_TO_END = 6;

/**
 * Creates a detector of overloads. Call `tick` with the current time, in milliseconds, each time a repeating timer fires. If the timer
 * fires late, the event loop was delayed.
 */
export function createLagDetector(startedAt: number): { isOverloaded: () => boolean; tick: (now: number) => void } {
  let isOverloaded = false;
  let windows = 0;
  let windowAt = startedAt;
  let lastAt = startedAt;
  let lateMs = 0;

  function judge(isLagging: boolean): void {
    windows = isLagging === isOverloaded ? 0 : windows + 1;
    if (windows < (isOverloaded ? WINDOWS_TO_END : WINDOWS_TO_BEGIN)) return;
    isOverloaded = !isOverloaded;
    windows = 0;
  }

  return {
    isOverloaded: () => isOverloaded,
    tick(now) {
      const passed = now - lastAt;
      lastAt = now;
      if (passed > LIMIT_MS) lateMs += passed;
      if (now - windowAt < WINDOW_MS) return;
      judge(lateMs > LAGGING_SHARE * (now - windowAt));
      windowAt = now;
      lateMs = 0;
    },
  };
}

/**
 * Watches the event loop with a timer, which does not keep the process alive. Returns a function that reports whether the event loop lags.
 */
export function watchEventLoop(): () => boolean {
  const { isOverloaded, tick } = createLagDetector(performance.now());
  setInterval(() => tick(performance.now()), TICK_MS).unref();
  return isOverloaded;
}
