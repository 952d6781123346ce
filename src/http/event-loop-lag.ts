/**
 * The interval at which the delay of the event loop is measured, and the length of the window in which delays are summed, in milliseconds.
 */
const TICK_MS = 20;
const WINDOW_MS = 500;

/** Only delays longer than this count, in milliseconds. A request that arrives during such a delay waits noticeably. */
const LIMIT_MS = 100;

/** A window counts as lagging if more than this share of it passes in long delays. A single slow response takes less than that. */
const LAGGING_SHARE = 0.5;

/** The number of consecutive windows that must lag before an overload begins, and the number that must not lag before the overload ends. */
const WINDOWS_TO_BEGIN = 8;
const WINDOWS_TO_END = 6;

/** Creates a detector of overloads. Call `tick` with each time, in milliseconds, at which a timer fires. */
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
