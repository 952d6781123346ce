import { LRUCache } from 'lru-cache';
import type { SourceCatalog } from '../domain/catalog.ts';
import { ClientLimitedError, UpstreamError } from '../domain/errors.ts';
import { isObserved, type Observation, type ObservationKey } from '../domain/observation.ts';

/**
 * How long the gateway reads a GPU type from the GraphQL API only, in milliseconds. This time starts when the REST API answers without the
 * stock of the type. It ends early if the REST API reports the stock again.
 */
const LEFT_OPEN_MS = 300_000;

/**
 * The maximum number of entries in the memory of missing stock. An entry is a GPU type and pod size whose stock the REST API did not
 * report. Without this limit, the memory could grow forever, because RunPod can always add GPU types.
 */
const MAX_LEFT_OPEN = 10_000;

/** How long an answer of the REST API about stock counts as proof that the REST API works, in milliseconds. */
const ANSWERED_MS = 300_000;

/** A query that the REST API failed to answer. */
interface Failure {
  /** When the query failed or was last repeated, whichever is later, in monotonic milliseconds. */
  readonly at: number;
  readonly error: UpstreamError;
}

/** Dependencies of `RestOutcomes`. */
export interface RestOutcomesOptions {
  readonly rest: SourceCatalog;
  /** Returns whether the circuit breaker of the REST API is open or half-open. Queries to the REST API then fail at once. */
  readonly isRestDown: () => boolean;
  /** Returns monotonic time in milliseconds. */
  readonly now: () => number;
}

/**
 * Sends queries to the REST API, and remembers their outcomes. A query may succeed, fail, or get an answer that lacks the stock. There is
 * one query for each list, and one query for the stock of each pod size.
 */
export class RestOutcomes {
  readonly #options: RestOutcomesOptions;
  /** The queries that the REST API failed to answer the last time they were sent, by name. */
  readonly #failures = new Map<string, Failure>();
  /** When the REST API last answered each query for stock, by the name of the query, in monotonic milliseconds. */
  readonly #answeredAt = new Map<string, number>();
  /** When the REST API last answered without the stock of a GPU type, in monotonic milliseconds, by GPU type and pod size. */
  readonly #leftOpenAt = new LRUCache<string, number>({ max: MAX_LEFT_OPEN });

  constructor(options: RestOutcomesOptions) {
    this.#options = options;
  }

  /** Sends a query to the REST API, and records whether the REST API answered. Rejects with the error of the REST API. */
  async ask<T>(query: string, read: (rest: SourceCatalog) => Promise<T>): Promise<T> {
    const { rest, isRestDown, now } = this.#options;
    try {
      const answer = await read(rest);
      this.#failures.delete(query);
      if (isStock(query)) this.#answeredAt.set(query, now());
      return answer;
    } catch (error) {
      if (this.#isNoAnswer(error)) {
        this.#failures.set(query, { at: now(), error });
        this.#answeredAt.delete(query);
        // While the whole API is down, earlier answers no longer prove that the API works, so they are forgotten.
        if (isRestDown()) this.#answeredAt.clear();
      }
      throw error;
    }
  }

  /** Returns the error of a query that the REST API failed to answer, else `undefined`. */
  errorOf(query: string): UpstreamError | undefined {
    return this.#failures.get(query)?.error;
  }

  /** Whether a query failed, or was repeated after a failure, within the last `ms` milliseconds, and has not been answered since. */
  hasFailedWithin(query: string, ms: number): boolean {
    const failure = this.#failures.get(query);
    return failure !== undefined && this.#options.now() - failure.at < ms;
  }

  /** Records that a failed query is being repeated now. */
  askedAgain(query: string): void {
    const failure = this.#failures.get(query);
    if (failure !== undefined) this.#failures.set(query, { ...failure, at: this.#options.now() });
  }

  /** Forgets that a query failed. */
  forget(query: string): void {
    this.#failures.delete(query);
  }

  /** Whether a query for stock has failed, and no query for stock was answered within the last `ANSWERED_MS`. */
  isFailingStock(): boolean {
    const { now } = this.#options;
    const hasAnswered = [...this.#answeredAt.values()].some((at) => now() - at < ANSWERED_MS);
    return !hasAnswered && [...this.#failures.keys()].some(isStock);
  }

  /** Whether the REST API recently answered without the stock of a GPU type. */
  isLeftOpen(key: ObservationKey): boolean {
    const at = this.#leftOpenAt.get(nameOf(key.gpuType.id, key.gpuCount));
    return at !== undefined && this.#options.now() - at < LEFT_OPEN_MS;
  }

  /** Returns whether the stock is missing from an observation of the REST API, and remembers the result. */
  recordStock({ gpuTypeId, gpuCount, cells }: Observation): boolean {
    const isOpen = cells.length > 0 && !cells.some(isObserved);
    const name = nameOf(gpuTypeId, gpuCount);
    if (isOpen) this.#leftOpenAt.set(name, this.#options.now());
    else this.#leftOpenAt.delete(name);
    return isOpen;
  }

  /**
   * Whether an error means that the REST API did not answer. An error may also mean that the request was not sent. In this case, the result
   * is false if the reason is a client's spent budget. For every other reason, it is true only while the API is down.
   */
  #isNoAnswer(error: unknown): error is UpstreamError {
    return (
      error instanceof UpstreamError &&
      !(error instanceof ClientLimitedError) &&
      (error.code !== 'NOT_ATTEMPTED' || this.#options.isRestDown())
    );
  }
}

/** Returns the name of the query for the stock of pods of one size. */
export const stockOf = (gpuCount: number): string => `stock ${gpuCount}`;

const isStock = (query: string): boolean => query.startsWith('stock ');

const nameOf = (gpuTypeId: string, gpuCount: number): string => `${gpuCount} ${gpuTypeId}`;
