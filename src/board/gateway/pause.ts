/** A waiting time that can be cut short. */
export interface Pause {
  /** Resolves after `ms` milliseconds, or earlier when `end` is called. */
  wait(ms: number): Promise<void>;
  /** Ends the current wait. */
  end(): void;
}

export function createPause(): Pause {
  let end = () => {};
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: () => end(),
  };
}
