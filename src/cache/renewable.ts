import type { Demand } from '../domain/catalog.ts';
import type { Asked } from '../domain/clock.ts';
import type { Kept } from './store.ts';

/**
 * How a read was answered. 'fresh': from a fresh cache entry. 'stale': from an entry that is due for a refresh. 'miss': by waiting for a
 * load.
 */
export type ReadResult = 'fresh' | 'stale' | 'miss';

/** Describes a cache entry: how its value is loaded, and how long the value is valid. */
export interface Renewable<T> {
  /** The key of the cache entry. */
  readonly key: string;
  /**
   * Returns the name of the load that provides the value. The name may change when the load fails; the load is then tried again under the
   * new name.
   */
  readonly loadName: () => string;
  /** Loads values. The value of `key` is normally among them. Rejects with an `UpstreamError` if the source fails. */
  readonly load: (demand: Demand) => Promise<readonly Loaded<T>[]>;
  /** Called with the cache entry each time it is read or changed. */
  readonly onSeen?: (kept: Kept<T>) => void;
  /** Called when a load has failed. */
  readonly onFailed?: () => void;
  /** Returns the age at which the value is due for a refresh, in milliseconds. The age starts when the value was requested. */
  readonly dueAfterMs: (value: T) => number;
  /**
   * The maximum age at which the value may be served while no newer value is available, in milliseconds. The age starts when the value was
   * requested.
   */
  readonly goodForMs: number;
  /**
   * Returns whether a value of this age (in milliseconds) may be served at once. If not, readers wait for a load, and receive this value
   * only if the load fails. Default: always returns `true`.
   */
  readonly mayServe?: (value: T, ageMs: number) => boolean;
  /**
   * Returns whether a value lacks something that the current request needs. Such a value is due for a refresh at once. Default: always
   * returns `false`.
   */
  readonly lacks?: (value: T) => boolean;
}

/** One value of a loaded answer, with the time at which the answer was requested. */
export interface Loaded<T> extends Asked {
  readonly key: string;
  /**
   * Merges this value into `before`, the current cache entry (if there is one), and returns the value to store. Answers may arrive in a
   * different order than they were requested. The answer that was requested later must win.
   */
  readonly merge: (before: Kept<T> | undefined) => T;
  /**
   * Whether the value only adds details, such as spot prices, to the cache entry. If so, the entry stays as old as it was, because its other
   * values are not new.
   */
  readonly isAddition?: boolean;
}

/** A value that is available without waiting for a load. */
export interface Known<T> {
  /** Returns the value, without any effect on the cache or its statistics. */
  readonly look: () => T;
  /**
   * Returns the value, and counts the read in the statistics. If the entry is due for a refresh, starts one in the background for the
   * clients of `demand`.
   */
  readonly take: (demand: Demand) => T;
}
