import { setImmediate } from 'node:timers/promises';

/** The loads of one request that have not ended. */
export interface RunningLoads {
  /** Adds a load until it ends. Returns it. */
  track<T>(load: Promise<T>): Promise<T>;
  /** Resolves when no load is running, and none has started a moment later. */
  settled(): Promise<void>;
}

/** Creates the collection, without loads. */
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
      // A load that depends on another one starts a moment after the other one has ended.
      await setImmediate();
      while (running.size > 0) {
        await Promise.allSettled(running);
        await setImmediate();
      }
    },
  };
}
