import { LRUCache } from 'lru-cache';
import type { SourceCatalog } from '../domain/catalog.ts';
import { ClientLimitedError, UpstreamError } from '../domain/errors.ts';
import { isObserved, type Observation, type ObservationKey } from '../domain/observation.ts';

/**
 * How long only the GraphQL API is asked about a GPU type whose stock the REST API left open, in milliseconds. This time ends earlier when
 * the REST API reports that stock.
 */
const LEFT_OPEN_MS = 300_000;

/**
 * How many pairs of GPU type and pod size with open stock are remembered at most. Without this limit the memory could grow forever, because
 * RunPod could always invent new GPU types.
 */
const MAX_LEFT_OPEN = 10_000;

/** How long one answer of the REST API about stock proves that the REST API works, in milliseconds. */
const ANSWERED_MS = 300_000;

/** A question that the REST API failed to answer. */
interface Failure {
  /** When the question was last asked, on the scale of `now`. */
  readonly at: number;
  readonly error: UpstreamError;
}

/** Dependencies of `RestOutcomes`. */
export interface RestOutcomesOptions {
  readonly rest: SourceCatalog;
  /** Whether the circuit breaker of the REST API is open or half-open. Requests to the REST API are then not sent. */
  readonly isRestDown: () => boolean;
  /** Returns monotonic time in milliseconds. */
  readonly now: () => number;
}

/**
 * Asks the REST API questions. Remembers which questions the REST API answered, failed to answer, or answered without the stock. Each list
 * is one question. The stock for each pod size is one question too.
 */
export class RestOutcomes {
  readonly #options: RestOutcomesOptions;
  /** Questions that the REST API failed to answer when it was last asked. */
  readonly #failures = new Map<string, Failure>();
  /** When the REST API last answered each question about stock. */
  readonly #answeredAt = new Map<string, number>();
  /** For each GPU type and pod size whose stock the latest answer of the REST API left open: when that answer arrived. */
  readonly #leftOpenAt = new LRUCache<string, number>({ max: MAX_LEFT_OPEN });

  constructor(options: RestOutcomesOptions) {
    this.#options = options;
  }

  /** Asks the REST API, and records whether it answered. Rejects with the error of the REST API. */
  async ask<T>(question: string, read: (rest: SourceCatalog) => Promise<T>): Promise<T> {
    const { rest, isRestDown, now } = this.#options;
    try {
      const answer = await read(rest);
      this.#failures.delete(question);
      if (isStock(question)) this.#answeredAt.set(question, now());
      return answer;
    } catch (error) {
      if (this.#isNoAnswer(error)) {
        this.#failures.set(question, { at: now(), error });
        this.#answeredAt.delete(question);
        // While the whole API is down, earlier answers no longer prove that it works.
        if (isRestDown()) this.#answeredAt.clear();
      }
      throw error;
    }
  }

  /** The error of a question that the REST API failed to answer, else `undefined`. */
  errorOf(question: string): UpstreamError | undefined {
    return this.#failures.get(question)?.error;
  }

  /** Whether a question failed within the last `ms` milliseconds and has not been answered since. */
  hasFailedWithin(question: string, ms: number): boolean {
    const failure = this.#failures.get(question);
    return failure !== undefined && this.#options.now() - failure.at < ms;
  }

  /** Records that a failed question is asked again now. */
  askedAgain(question: string): void {
    const failure = this.#failures.get(question);
    if (failure !== undefined) this.#failures.set(question, { ...failure, at: this.#options.now() });
  }

  /** Forgets that a question failed. */
  forget(question: string): void {
    this.#failures.delete(question);
  }

  /** Whether a question about stock has failed, and no question about stock was answered within the last `ANSWERED_MS`. */
  isFailingStock(): boolean {
    const { now } = this.#options;
    const hasAnswered = [...this.#answeredAt.values()].some((at) => now() - at < ANSWERED_MS);
    return !hasAnswered && [...this.#failures.keys()].some(isStock);
  }

  /** Whether the REST API recently left the stock of a GPU type open. */
  isLeftOpen(key: ObservationKey): boolean {
    const at = this.#leftOpenAt.get(nameOf(key.gpuType.id, key.gpuCount));
    return at !== undefined && this.#options.now() - at < LEFT_OPEN_MS;
  }

  /** Records and returns whether an observation of the REST API left the stock open. */
  recordStock({ gpuTypeId, gpuCount, cells }: Observation): boolean {
    const isOpen = cells.length > 0 && !cells.some(isObserved);
    const name = nameOf(gpuTypeId, gpuCount);
    if (isOpen) this.#leftOpenAt.set(name, this.#options.now());
    else this.#leftOpenAt.delete(name);
    return isOpen;
  }

  /**
   * Whether an error shows that the REST API did not answer. An error about the gateway's own queue or about a client's budget does not
   * show that.
   */
  #isNoAnswer(error: unknown): error is UpstreamError {
    return (
      error instanceof UpstreamError &&
      !(error instanceof ClientLimitedError) &&
      (error.code !== 'NOT_ATTEMPTED' || this.#options.isRestDown())
    );
  }
}

/** The question about the stock for pods of one size. */
export const stockOf = (gpuCount: number): string => `stock ${gpuCount}`;

const isStock = (question: string): boolean => question.startsWith('stock ');

const nameOf = (gpuTypeId: string, gpuCount: number): string => `${gpuCount} ${gpuTypeId}`;
