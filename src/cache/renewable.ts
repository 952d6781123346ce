import type { Demand } from '../domain/catalog.ts';
import type { Asked } from '../domain/clock.ts';
import type { Kept } from './store.ts';

/** How a read was answered: from a fresh cache entry, from an entry that is due for a refresh, or by waiting for a load. */
export type ReadResult = 'fresh' | 'stale' | 'miss';

/** A kind of cache entry: how it is loaded, and how long it is valid. */
export interface Renewable<T> {
  /** The key of the cache entry. */
  readonly key: string;
  /** The name of the load that returns this value. If it changes after that load has failed, the load with the new name is tried too. */
  readonly loadName: () => string;
  /** Loads values, normally including this one. Rejects with an `UpstreamError`. */
  readonly load: (demand: Demand) => Promise<readonly Loaded<T>[]>;
  /** Called with the cache entry each time it is read or changed. */
  readonly onSeen?: (kept: Kept<T>) => void;
  /** Called when a load has failed. */
  readonly onFailed?: () => void;
  /** Age at which the value is due for a refresh, in milliseconds since it was asked for. */
  readonly dueAfterMs: (value: T) => number;
  /** Age up to which the value may be served if no newer one is available, in milliseconds since it was asked for. */
  readonly goodForMs: number;
  /**
   * Whether a value of this age, in milliseconds, may be served at once. If not, readers wait for a load, and receive the value only if the
   * load fails. Defaults to yes.
   */
  readonly mayServe?: (value: T, ageMs: number) => boolean;
  /** Whether a value lacks something that the current question needs, which makes it due for a refresh at once. Defaults to no. */
  readonly lacks?: (value: T) => boolean;
}

/** One value of a loaded answer, and when the answer was asked for. */
export interface Loaded<T> extends Asked {
  readonly key: string;
  /**
   * Returns the value to store, given the cache entry so far. Called in the order in which answers arrive, which may differ from the order
   * in which they were asked for. The answer that was asked for later must win.
   */
  readonly merge: (before: Kept<T> | undefined) => T;
  /** Whether the value only adds to the cache entry, which then keeps its age. */
  readonly isAddition?: boolean;
}

/** A value that is available without waiting for a load. */
export interface Known<T> {
  /** Returns the value without any side effect. */
  readonly look: () => T;
  /** Returns the value as an answer: counts a read, and refreshes the entry in the background for `demand` if it is due. */
  readonly take: (demand: Demand) => T;
}
