/** Counts requests or operations that are in progress. */
export interface InFlight {
  readonly begin: () => void;
  readonly end: () => void;
  /** Resolves as soon as nothing is in progress. */
  readonly idle: () => Promise<void>;
}

/** Creates a counter of requests or operations in progress. At first, it counts 0. */
export function createInFlight(): InFlight {
  let count = 0;
  let onIdle = () => {};
  return {
    begin() {
      count += 1;
    },
    end() {
      count -= 1;
      if (count === 0) onIdle();
    },
    idle: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (count === 0) resolve();
      }),
  };
}
