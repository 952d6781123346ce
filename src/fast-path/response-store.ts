import { LRUCache } from 'lru-cache';
import type { Sources } from '../loaders/validity.ts';
import type { FinishedResponse } from './finished-response.ts';
import type { RequestKey } from './request-key.ts';

/** Dependencies of `ResponseStore`. They determine whether a response is outdated. */
export interface ResponseStoreOptions {
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** Returns a number that changes whenever an observation or a list in memory is replaced. It may also change at other times. */
  readonly version: () => number;
  /** Returns whether the data that a response was made from is still fresh and has not been replaced. */
  readonly areCurrent: (sources: Sources) => boolean;
}

/** The maximum memory that all stored responses may take together, in bytes. */
const MAX_BYTES = 20_000_000;

/**
 * The maximum time for which a response is stored, in milliseconds, even if its data stays fresh for longer. There is a limit for two
 * reasons: a stored response keeps its data in memory after the data was replaced, and demand for the data is recorded only when the
 * response is created again.
 */
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly response: FinishedResponse;
  readonly sources: Sources;
  /** The value of `version()` when the sources of this entry were last checked and found to be current. */
  checkedAt: number;
}

/**
 * Stores finished responses by the text of their request key. A response is valid until one of its sources is replaced or stops being
 * fresh. The sources are the observations and lists that the response was made from.
 */
export class ResponseStore {
  readonly #options: ResponseStoreOptions;
  readonly #entries: LRUCache<string, Entry>;

  constructor(options: ResponseStoreOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      maxSize: MAX_BYTES,
      // The size of an entry in bytes. A character of the key may take two bytes.
      sizeCalculation: ({ response }, key) => response.size + 2 * key.length,
      ttl: MAX_AGE_MS,
      // This option removes expired entries at once. Without it, their memory would stay in use until they are requested again.
      ttlAutopurge: true,
      ttlResolution: 0,
      perf: { now: options.now },
    });
  }

  /** Returns the stored response to a request if there is one and it is still valid. */
  find({ text }: RequestKey): FinishedResponse | undefined {
    const entry = this.#entries.get(text);
    if (entry === undefined) return undefined;
    const isFresh = this.#options.now() < entry.response.made.freshUntil;
    if (isFresh && this.#isCurrent(entry)) return entry.response;
    this.#entries.delete(text);
    return undefined;
  }

  /** Stores a response, unless one of its sources was replaced while the response was created. */
  add({ text }: RequestKey, response: FinishedResponse): void {
    const { sources } = response.made;
    if (sources === null) return;
    const entry = { response, sources, checkedAt: Number.NaN };
    if (this.#isCurrent(entry)) this.#entries.set(text, entry);
  }

  /**
   * Returns whether the data that a stored response was made from is still current. Checks this only if the version of the data has changed
   * since the last check.
   */
  #isCurrent(entry: Entry): boolean {
    const version = this.#options.version();
    if (entry.checkedAt === version) return true;
    if (!this.#options.areCurrent(entry.sources)) return false;
    entry.checkedAt = version;
    return true;
  }
}
