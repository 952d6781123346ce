import { setImmediate } from 'node:timers/promises';

/** The loads of data for one request that have not ended. */
export interface RunningLoads {
  /** Adds a running load and returns it. The load is removed when it ends. */
  track<T>(load: Promise<T>): Promise<T>;
  /** Resolves when no load is running any more. It also waits for loads that start right after another load has ended. */
  settled(): Promise<void>;
}

/** Creates an empty collection of running loads. */
export function createRunningLoads(): RunningLoads {
  const running = new Set<Promise<unknown>>();
  return {
    track(load) {
      const forget = () => running.delete(load);
      running.add(load);
      load.then(forget, forget);
      return load;
    },
    async settled() {
      // The pause lets further loads start: a load that depends on another load starts shortly after the other one has ended.
      await setImmediate();
      while (running.size > 0) {
        await Promise.allSettled(running);
        await setImmediate();
      }
    },
  };
}
