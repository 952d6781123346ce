/** What waits for a reader at most, besides what it was given to begin with. */
const MAX_WAITING = 1000;

/** What a feed needs. */
export interface FeedOptions {
  /** Aborted when the reader has left; not yet. */
  readonly signal: AbortSignal;
  /** Called once, when nothing more will be taken. */
  readonly onEnd: () => unknown;
  /** Called when the reader has left too much unread; the feed has ended then. */
  readonly onOverflow: () => void;
}

/**
 * Values for one reader, from the moment it is made. It ends as soon as the reader returns or has left, even while the reader
 * waits for the next value; and when the reader is so slow that too many values wait.
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

  /** Gives what came before all that waits, before the reader asks for the first time. */
  begin(first: readonly T[]): void {
    if (this.#ended) return;
    this.#waiting.unshift(...first);
    this.#maxWaiting += first.length;
  }

  /** Gives a value to the reader, now or when it asks. */
  push(value: T): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value });
    else if (this.#waiting.push(value) > this.#maxWaiting) {
      this.#drop();
      this.#options.onOverflow();
    }
  }

  /** Lets the reader have what waits, and nothing after that. */
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
