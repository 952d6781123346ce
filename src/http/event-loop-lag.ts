/** The interval at which the delay of the event loop is measured, in milliseconds. */
const TICK_MS = 20;
/** The length of a window, in milliseconds. The delays in a window are added up. */
const WINDOW_MS = 500;

/**
 * The length of a long delay, in milliseconds. Shorter delays do not count. A request that arrives during a long delay waits noticeably.
 */
const LIMIT_MS = 100;

/** The share of a window that long delays must exceed for the window to count as lagging. A single slow response does not exceed it. */
const LAGGING_SHARE = 0.5;

/** The number of consecutive lagging windows after which an overload begins. */
const WINDOWS_TO_BEGIN = 8;
/** The number of consecutive windows without lag after which the overload ends. */
const WINDOWS_TO_END = 6;

/** Creates a detector of overloads. Call `tick` each time that a timer fires, with the current time in milliseconds. */
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

/** Watches the event loop. The returned function reports whether the event loop lags. The timer does not keep the process alive. */
export function watchEventLoop(): () => boolean {
  const { isOverloaded, tick } = createLagDetector(performance.now());
  setInterval(() => tick(performance.now()), TICK_MS).unref();
  return isOverloaded;
}
