/** The maximum number of values that may wait for the reader. The values passed to `begin` do not count. */
const MAX_WAITING = 1000;

/** Options of a `Feed`. */
export interface FeedOptions {
  /** Aborted when the reader disconnects. It must not be aborted before the feed is created. */
  readonly signal: AbortSignal;
  /** Called once, when the feed has ended and accepts no more values. */
  readonly onEnd: () => unknown;
  /** Called when the feed has ended because too many values waited for the reader. */
  readonly onOverflow: () => void;
}

/**
 * A queue of values for one reader. It ends when the reader calls `return` or disconnects, even while the reader waits for the
 * next value. It also ends when the reader is so slow that too many values wait.
 */
export class Feed<T> implements AsyncIterableIterator<T, undefined> {
  readonly #waiting: T[] = [];
  readonly #readers: ((result: IteratorResult<T, undefined>) => void)[] = [];
  readonly #options: FeedOptions;
  #maxWaiting = MAX_WAITING;
  #ended = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#drop);
  }

  /** Inserts values before the values that are already waiting. Call this before the first read. */
  begin(first: readonly T[]): void {
    if (this.#ended) return;
    this.#waiting.unshift(...first);
    this.#maxWaiting += first.length;
  }

  /** Passes a value to the waiting reader, or queues it. */
  push(value: T): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value });
    else if (this.#waiting.push(value) > this.#maxWaiting) {
      this.#drop();
      this.#options.onOverflow();
    }
  }

  /** Ends the feed. The reader still receives the queued values. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.signal.removeEventListener('abort', this.#drop);
    for (const reader of this.#readers.splice(0)) reader(DONE);
    this.#options.onEnd();
  }

  readonly #drop = (): void => {
    this.#waiting.length = 0;
    this.end();
  };

  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#drop();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
