import { askedOf } from '../domain/clock.ts';
import type { Loaded, Renewable } from './renewable.ts';
import type { Kept, Store } from './store.ts';
import { createTurns } from './turns.ts';

/** Reads the entries of a cache from a store, and merges loaded values into them. */
export class CacheEntries {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #inTurn = createTurns();
  #merges = 0;

  /** `now` returns monotonic milliseconds of this process. */
  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** A number that changes with each merge, and also whenever another replica may have stored a value. */
  get version(): number {
    return this.#merges + this.#store.version();
  }

  /** Returns the cache entry if it is not too old to be served, else `undefined`. */
  async getGood<T>({ key, goodForMs, onSeen }: Renewable<T>): Promise<Kept<T> | undefined> {
    const kept = await this.#store.get<T>(key);
    if (kept === undefined || this.#now() >= kept.askedAt + goodForMs) return undefined;
    onSeen?.(kept);
    return kept;
  }

  /** Merges a loaded value into its entry, after all earlier merges into that entry have ended. Returns the merged value. */
  merge<T>(loaded: Loaded<T>, renewable: Renewable<T>): Promise<T> {
    return this.#inTurn(loaded.key, () => this.#mergeNow(loaded, renewable));
  }

  /**
   * Merges a loaded value into its cache entry, without waiting for other merges. The entry takes over the request time of the loaded
   * value, unless the value only adds details or was requested earlier than the entry.
   */
  async #mergeNow<T>(loaded: Loaded<T>, renewable: Renewable<T>): Promise<T> {
    const { key, merge, isAddition = false } = loaded;
    const before = await this.#store.get<T>(key);
    const isNewer = before === undefined || (!isAddition && loaded.askedAt >= before.askedAt);
    const kept = { value: merge(before), ...askedOf(isNewer ? loaded : before) };
    const leftMs = (ms: number) => Math.max(1, Math.ceil(kept.askedAt + ms - this.#now()));
    await this.#store.set(key, kept, {
      freshMs: leftMs(renewable.dueAfterMs(kept.value)),
      goodMs: leftMs(renewable.goodForMs),
    });
    if (key === renewable.key) renewable.onSeen?.(kept);
    this.#merges += 1;
    return kept.value;
  }
}
