/** How often the loop is asked to call back, and over which time its delays are judged. */
const TICK_MS = 20;
const WINDOW_MS = 500;

/** A request that arrives during a longer delay waits noticeably. */
const LIMIT_MS = 100;

/** A window lags when more of it than this passed in delays past the limit. One slow answer does not make it lag. */
const LAGGING_SHARE = 0.5;

/** So many windows in a row that lag begin an overload, and so many that do not end it. */
const WINDOWS_TO_BEGIN = 8;
const WINDOWS_TO_END = 6;

/** Judges an overload by the moments, in milliseconds, at which the event loop called back. */
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

/** Watches the event loop. Returns whether it lags, so that every client waits. Does not keep the process alive. */
export function watchEventLoop(): () => boolean {
  const { isOverloaded, tick } = createLagDetector(performance.now());
  setInterval(() => tick(performance.now()), TICK_MS).unref();
  return isOverloaded;
}
