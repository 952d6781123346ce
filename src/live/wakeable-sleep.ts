/** A pause that can be cut short. */
export interface WakeableSleep {
  /** Resolves after `ms` milliseconds, or earlier when `wake` is called. Does not keep the process alive. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends the current pause, if there is one. */
  readonly wake: () => void;
}

/** Creates a `WakeableSleep`. Call `sleep` again only after the previous pause has ended. */
export function createWakeableSleep(): WakeableSleep {
  let wake = () => {};
  return {
    sleep: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms).unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    wake: () => wake(),
  };
}
