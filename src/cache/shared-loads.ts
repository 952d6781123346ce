import { setMaxListeners } from 'node:events';
import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';
import { createWaitingClients } from './waiting-clients.ts';

/** Loads that any number may wait for. */
export interface SharedLoads {
  /**
   * What the running load of `key` gives, else what `start` gives, called now. Rejects as that does, or with the reason of
   * `demand.signal` when it is aborted first. A load that everybody has left is told so, and is not joined any more.
   */
  join<T>(key: string, start: (demand: Demand) => Promise<T>, demand: Demand): Promise<T>;
  /** Whether there is a load of `key` to join. */
  isRunning(key: string): boolean;
}

/** At most one load of a key runs at a time; when it fails, it fails for all who wait. */
export function createSharedLoads(): SharedLoads {
  const running = new Map<string, SharedLoad<unknown>>();

  function begin<T>(key: string, start: (demand: Demand) => Promise<T>): SharedLoad<T> {
    const load = new SharedLoad(start, () => {
      if (running.get(key) === load) running.delete(key);
    });
    running.set(key, load);
    return load;
  }

  return {
    join<T>(key: string, start: (demand: Demand) => Promise<T>, demand: Demand) {
      // What is kept under one key is always loaded by the same function.
      const load = (running.get(key) as SharedLoad<T> | undefined) ?? begin(key, start);
      return load.join(demand);
    },
    isRunning: (key) => running.has(key),
  };
}

/** A load and those who want it: it is awaited while one of them waits, and abandoned when all have left. */
class SharedLoad<T> implements Demand {
  readonly #wishes = new Set<Demand>();
  readonly #clients = createWaitingClients();
  readonly #abandoned = new AbortController();
  readonly #result: Promise<T>;
  readonly #onEnd: () => void;

  /** `onEnd` is called when the load can no longer be joined. */
  constructor(start: (demand: Demand) => Promise<T>, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#result = Promise.resolve(this).then(start).finally(onEnd);
    // Those who wait see a failure; when nobody does, it is no fault of the process.
    this.#result.catch(() => {});
  }

  get signal(): AbortSignal {
    return this.#abandoned.signal;
  }

  get awaited(): boolean {
    for (const { awaited } of this.#wishes) if (awaited) return true;
    return false;
  }

  get clients(): readonly Client[] {
    return this.#clients.all;
  }

  async join(demand: Demand): Promise<T> {
    demand.signal.throwIfAborted();
    const { clients } = demand;
    this.#wishes.add(demand);
    this.#clients.add(clients);
    const { promise: left, stop } = whenAborted(demand.signal);
    try {
      return await Promise.race([this.#result, left]);
    } finally {
      stop();
      this.#clients.remove(clients);
      this.#leave(demand);
    }
  }

  #leave(demand: Demand): void {
    this.#wishes.delete(demand);
    if (this.#wishes.size > 0) return;
    this.#onEnd();
    this.#abandoned.abort();
  }
}

/** A promise that rejects when `signal` is aborted, until it is stopped. */
function whenAborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly stop: () => void } {
  let stop = () => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    // One client waits for many loads at once, and stops listening with each.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort);
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, stop };
}
