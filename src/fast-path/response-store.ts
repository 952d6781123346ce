import { LRUCache } from 'lru-cache';
import type { Sources } from '../loaders/validity.ts';
import type { FinishedResponse } from './finished-response.ts';
import type { RequestKey } from './request-key.ts';

/** Dependencies of `ResponseStore`, with which it finds out whether a response is outdated. */
export interface ResponseStoreOptions {
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** Returns a number that changes whenever an observation or a list that a response was made from may have been replaced. */
  readonly version: () => number;
  /** Returns whether the data that a response was made from is still fresh and has not been replaced. */
  readonly areCurrent: (sources: Sources) => boolean;
}

/** The maximum memory that all stored responses may take together, in bytes. */
const MAX_BYTES = 20_000_000;

/**
 * The maximum time for which a response is stored, in milliseconds, even if it stays fresh for longer. The time is limited for two reasons.
 * Creating the response again records the demand for its observations, so that they are kept fresh. And a stored response keeps its
 * observations in memory even after they were replaced.
 */
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly response: FinishedResponse;
  readonly sources: Sources;
  /** The value of `version()` when the sources were last found to be current. */
  checkedAt: number;
}

/**
 * Stores finished responses by the text of their request key. Each response is valid until one of its sources, which are the observations
 * and lists that it was made from, is replaced or stops being fresh.
 */
export class ResponseStore {
  readonly #options: ResponseStoreOptions;
  readonly #entries: LRUCache<string, Entry>;

  constructor(options: ResponseStoreOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      maxSize: MAX_BYTES,
      // A character of the key may take two bytes.
      sizeCalculation: ({ response }, key) => response.size + 2 * key.length,
      ttl: MAX_AGE_MS,
      // Without this option, an entry that is not requested again would stay in memory, together with its observations.
      ttlAutopurge: true,
      ttlResolution: 0,
      perf: { now: options.now },
    });
  }

  /** Returns the stored response to a request if it is still valid. */
  find({ text }: RequestKey): FinishedResponse | undefined {
    const entry = this.#entries.get(text);
    if (entry === undefined) return undefined;
    const isFresh = this.#options.now() < entry.response.made.freshUntil;
    if (isFresh && this.#isCurrent(entry)) return entry.response;
    this.#entries.delete(text);
    return undefined;
  }

  /** Stores a response, unless one of its sources has been replaced since it was read. */
  add({ text }: RequestKey, response: FinishedResponse): void {
    const { sources } = response.made;
    if (sources === null) return;
    const entry = { response, sources, checkedAt: Number.NaN };
    if (this.#isCurrent(entry)) this.#entries.set(text, entry);
  }

  /** Returns whether the sources of an entry are current. Checks them only if the version has changed since the last check. */
  #isCurrent(entry: Entry): boolean {
    const version = this.#options.version();
    if (entry.checkedAt === version) return true;
    if (!this.#options.areCurrent(entry.sources)) return false;
    entry.checkedAt = version;
    return true;
  }
}
