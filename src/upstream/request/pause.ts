/** A pause of a lane. */
export interface Pause {
  /** Pauses for `ms` milliseconds. Returns false if the current pause ends later than that, or if no more pauses are needed. */
  start(ms: number): boolean;
  /** Returns the milliseconds until the pause ends; 0 if nothing is paused. */
  readonly leftMs: () => number;
  /** Sets how many tasks are in the lane. A pause keeps the process alive only while there are any. */
  setTasks(count: number): void;
}

/** Creates a pause, which has not started yet. `onEnd` is called when it ends. After `closing` is aborted, there are no more pauses. */
export function createPause(onEnd: () => void, closing: AbortSignal | undefined): Pause {
  let endsAt = 0;
  let tasks = 0;
  let timer: NodeJS.Timeout | undefined;
  closing?.addEventListener('abort', () => clearTimeout(timer));

  function keepProcessWhileUsed(): void {
    if (tasks > 0) timer?.ref();
    else timer?.unref();
  }

  return {
    start(ms) {
      const until = performance.now() + ms;
      if (until <= endsAt || closing?.aborted === true) return false;
      endsAt = until;
      clearTimeout(timer);
      timer = setTimeout(() => {
        endsAt = 0;
        onEnd();
      }, ms);
      keepProcessWhileUsed();
      return true;
    },
    leftMs: () => Math.max(0, endsAt - performance.now()),
    setTasks(count) {
      tasks = count;
      keepProcessWhileUsed();
    },
  };
}
