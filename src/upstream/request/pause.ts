/** A pause of a lane (the queue of requests to one source). During a pause, no task of the lane starts. */
export interface Pause {
  /**
   * Starts a pause of `ms` milliseconds. Does nothing and returns false if the current pause lasts at least as long as the new pause would,
   * or if `closing` is already aborted.
   */
  start(ms: number): boolean;
  /** Returns the milliseconds until the pause ends; 0 if nothing is paused. */
  readonly leftMs: () => number;
  /** Tells the pause how many tasks the lane contains. The pause keeps the process alive only while the lane contains tasks. */
  setTasks(count: number): void;
}

/** Creates a pause that has not started yet. `onEnd` is called when the pause ends. After `closing` is aborted, no pause can start. */
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
