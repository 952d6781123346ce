import { LRUCache } from 'lru-cache';
import type { Sources } from '../loaders/validity.ts';
import type { FinishedResponse } from './finished-response.ts';
import type { RequestKey } from './request-key.ts';

/** What the store needs to find out whether a response is outdated. */
export interface ResponseStoreOptions {
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** Returns a number that changes whenever a source of any response may have been replaced. */
  readonly version: () => number;
  /** Whether these sources are still the latest ones, and fresh. */
  readonly areCurrent: (sources: Sources) => boolean;
}

/** How many bytes of memory all stored responses may take together. */
const MAX_BYTES = 20_000_000;

/**
 * How long a response is stored at most, even if it stays fresh for longer. When the response is produced again, the demand for its
 * observations is recorded, so that they are not forgotten. The limit also bounds how long a stored response keeps replaced observations in
 * memory.
 */
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly response: FinishedResponse;
  readonly sources: Sources;
  /** The version at which the sources were last found to be current. */
  checkedAt: number;
}

/**
 * Stores finished responses by the text of their request key. Each response is stored until one of its sources is replaced or stops being
 * fresh.
 */
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
      // Without this, entries that are not requested again would stay in memory, with all their observations.
      ttlAutopurge: true,
      ttlResolution: 0,
      perf: { now: options.now },
    });
  }

  /** Returns the stored response to a request if the gateway would still give the same response. */
  find({ text }: RequestKey): FinishedResponse | undefined {
    const entry = this.#entries.get(text);
    if (entry === undefined) return undefined;
    const isFresh = this.#options.now() < entry.response.made.freshUntil;
    if (isFresh && this.#isCurrent(entry)) return entry.response;
    this.#entries.delete(text);
    return undefined;
  }

  /** Stores a response, unless one of its sources has been replaced since the source was read. */
  add({ text }: RequestKey, response: FinishedResponse): void {
    const { sources } = response.made;
    if (sources === null) return;
    const entry = { response, sources, checkedAt: Number.NaN };
    if (this.#isCurrent(entry)) this.#entries.set(text, entry);
  }

  /** Checks the sources of an entry only if the version has changed since the last check. */
  #isCurrent(entry: Entry): boolean {
    const version = this.#options.version();
    if (entry.checkedAt === version) return true;
    if (!this.#options.areCurrent(entry.sources)) return false;
    entry.checkedAt = version;
    return true;
  }
}
