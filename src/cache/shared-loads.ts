import { setMaxListeners } from 'node:events';
import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';
import { createWaitingClients } from './waiting-clients.ts';

/** Running loads, each of which any number of readers can share. */
export interface SharedLoads {
  /**
   * Returns the result of the load that is running for `key`. If no load is running, starts one with `start`. Rejects with the error of the
   * load, or with the reason of `demand.signal` if that signal is aborted first. When no reader waits for a load any more, the signal of
   * the load is aborted and the load can no longer be joined.
   */
  join<T>(key: string, start: (demand: Demand) => Promise<T>, demand: Demand): Promise<T>;
  /** Whether a running load of `key` can be joined. */
  isRunning(key: string): boolean;
}

/**
 * Creates shared loads. At most one load per key runs at a time. If it fails, all of its readers receive the error. When `closing` is
 * aborted, all loads end, and their readers receive the reason of `closing`.
 */
export function createSharedLoads(closing?: AbortSignal): SharedLoads {
  const running = new Map<string, SharedLoad<unknown>>();
  closing?.addEventListener('abort', () => {
    for (const load of running.values()) load.end(closing.reason);
  });

  function begin<T>(key: string, start: (demand: Demand) => Promise<T>): SharedLoad<T> {
    const load = new SharedLoad(start, () => {
      if (running.get(key) === load) running.delete(key);
    });
    running.set(key, load);
    return load;
  }

  return {
    join<T>(key: string, start: (demand: Demand) => Promise<T>, demand: Demand) {
      const ended = [closing, demand.signal].find((signal) => signal?.aborted === true);
      if (ended !== undefined) return Promise.reject(ended.reason);
      // The type assertion is safe, because all loads of one key return values of the same type.
      const load = (running.get(key) as SharedLoad<T> | undefined) ?? begin(key, start);
      return load.join(demand);
    },
    isRunning: (key) => running.has(key),
  };
}

/**
 * A load and its readers. `awaited` is true while at least one reader has a client that waits. The load is aborted when all readers have
 * stopped waiting.
 */
class SharedLoad<T> implements Demand {
  readonly #wishes = new Set<Demand>();
  readonly #clients = createWaitingClients();
  readonly #abandoned = new AbortController();
  readonly #result: Promise<T>;
  readonly #onEnd: () => void;
  #reject: (reason: unknown) => void = () => {};

  /** `onEnd` is called when the load can no longer be joined. */
  constructor(start: (demand: Demand) => Promise<T>, onEnd: () => void) {
    this.#onEnd = onEnd;
    const ended = new Promise<never>((_resolve, reject) => {
      this.#reject = reject;
    });
    this.#result = Promise.race([Promise.resolve(this).then(start), ended]).finally(onEnd);
    // Each reader handles the error itself. Without this handler, the error would be an unhandled rejection when there is no reader.
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

  /** Aborts the load. Its readers receive `reason`. */
  end(reason: unknown): void {
    this.#reject(reason);
    this.#abandoned.abort(reason);
  }

  #leave(demand: Demand): void {
    this.#wishes.delete(demand);
    if (this.#wishes.size > 0) return;
    this.#onEnd();
    this.#abandoned.abort();
  }
}

/** Returns a promise that rejects when `signal` is aborted, and a function that removes the listener from the signal. */
function whenAborted(signal: AbortSignal): { readonly promise: Promise<never>; readonly stop: () => void } {
  let stop = () => {};
  const promise = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    // Turns off Node's warning about many listeners. They are normal here, because one client may wait for many loads at once.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort);
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, stop };
}
