import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Tells whether the event loop lags, so that everybody waits. */
export interface EventLoopLag {
  readonly isOverloaded: () => boolean;
  readonly stop: () => void;
}

/** How often the delay is measured, and over which time it is judged. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 500;

/** The loop lags when half of the measurements in a window are delayed by more than this. One slow answer does not make it lag. */
const LIMIT_MS = 100;

/** So many windows in a row that lag are an overload. */
const WINDOWS_TO_BEGIN = 4;

/** After so many windows in a row without lag the overload is over. */
const WINDOWS_TO_END = 6;

/** Whether an overload goes on, from window to window. */
export function createOverload(): { readonly isOverloaded: () => boolean; readonly judge: (delayMs: number) => void } {
  let isOverloaded = false;
  let windows = 0;
  return {
    isOverloaded: () => isOverloaded,
    judge(delayMs) {
      windows = delayMs > LIMIT_MS === isOverloaded ? 0 : windows + 1;
      if (windows < (isOverloaded ? WINDOWS_TO_END : WINDOWS_TO_BEGIN)) return;
      isOverloaded = !isOverloaded;
      windows = 0;
    },
  };
}

/** Measures the delay of the event loop until it is stopped. Does not keep the process alive. */
export function watchEventLoop(): EventLoopLag {
  const { isOverloaded, judge } = createOverload();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const judging = setInterval(() => {
    judge(delay.percentile(50) / 1e6 - RESOLUTION_MS);
    delay.reset();
  }, WINDOW_MS).unref();
  return {
    isOverloaded,
    stop() {
      clearInterval(judging);
      delay.disable();
    },
  };
}
