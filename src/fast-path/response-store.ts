import { LRUCache } from 'lru-cache';
import type { Sources } from '../loaders/validity.ts';
import type { FinishedResponse } from './finished-response.ts';
import type { RequestKey } from './request-key.ts';

/** What the store needs to find out whether a response is outdated. */
export interface ResponseStoreOptions {
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** Changes whenever a source of any response may have been replaced. */
  readonly version: () => number;
  /** Whether these sources are still the latest, and fresh. */
  readonly areCurrent: (sources: Sources) => boolean;
}

/** The most memory that all stored responses take together. */
const MAX_BYTES = 20_000_000;

/**
 * How long a response is stored, however long it stays fresh. Making it again records the demand for its observations, which keeps them
 * from being forgotten. It also bounds how long a response keeps replaced observations in memory.
 */
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly response: FinishedResponse;
  readonly sources: Sources;
  /** The version at which the sources were last found to be current. */
  checkedAt: number;
}

/** Stores finished responses by the text of their request key, each until one of its sources is replaced or stops being fresh. */
export class ResponseStore {
  readonly #options: ResponseStoreOptions;
  readonly #entries: LRUCache<string, Entry>;

  constructor(options: ResponseStoreOptions) {
    this.#options = options;
    this.#entries = new LRUCache({
      maxSize: MAX_BYTES,
      // A character may take two bytes.
      sizeCalculation: ({ response }, key) => response.size + 2 * key.length,
      ttl: MAX_AGE_MS,
      // Entries that are not requested again would otherwise stay, with all their observations.
      ttlAutopurge: true,
      ttlResolution: 0,
      perf: { now: options.now },
    });
  }

  /** Returns the response to a request if it is still what the gateway would answer. */
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

  /** Looks at the sources only when something has changed since the last time. */
  #isCurrent(entry: Entry): boolean {
    const version = this.#options.version();
    if (entry.checkedAt === version) return true;
    if (!this.#options.areCurrent(entry.sources)) return false;
    entry.checkedAt = version;
    return true;
  }
}
