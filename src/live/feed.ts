/** What waits for a reader at most, besides what waits from the beginning. */
const MAX_WAITING = 1000;

/** What a feed needs. */
export interface FeedOptions<T> {
  /** Values that wait from the beginning. */
  readonly first: readonly T[];
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
  readonly #waiting: T[];
  readonly #maxWaiting: number;
  readonly #readers: ((result: IteratorResult<T, undefined>) => void)[] = [];
  readonly #options: FeedOptions<T>;
  #ended = false;

  constructor(options: FeedOptions<T>) {
    this.#options = options;
    this.#waiting = [...options.first];
    this.#maxWaiting = options.first.length + MAX_WAITING;
    options.signal.addEventListener('abort', this.#drop);
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
