import type { Sink } from './sink.ts';

/**
 * A sink (a response or a WebSocket) is stalled if the operating system accepts fewer of its bytes per millisecond than this, because its
 * client reads too slowly. A sink is never stalled if all bytes that waited at the beginning of the measured period have been accepted
 * since.
 */
const STALLED_BYTES_PER_MS = 50;
/** The minimum length, in milliseconds, of the period over which a sink's rate is measured. */
const JUDGED_MS = 2000;

/** The progress of one sink (a response or a WebSocket): its unread bytes at the last measurement, and whether its client reads. */
export class SinkProgress {
  readonly sink: Sink;
  bytes = 0;
  #isStalled = false;
  #hasRead = false;
  /** The state of the sink when the current measuring period began. */
  #since: { readonly at: number; readonly taken: number; readonly bytes: number };

  constructor(sink: Sink, now: number) {
    this.sink = sink;
    this.#since = { at: now, taken: sink.taken(), bytes: 0 };
  }

  /** Counts the unread bytes of the sink. Returns how much this number has grown since the last measurement. */
  update(now: number): number {
    const [bytes, taken] = [this.sink.unread(), this.sink.taken()];
    const since = this.#since;
    const [read, ms] = [taken - since.taken, now - since.at];
    if (read > 0) this.#hasRead = true;
    if (ms >= JUDGED_MS) {
      this.#isStalled = read < Math.min(STALLED_BYTES_PER_MS * ms, since.bytes);
      this.#since = { at: now, taken, bytes };
    } else if (this.bytes === 0) {
      this.#since = { at: now, taken, bytes };
    }
    const added = bytes - this.bytes;
    this.bytes = bytes;
    return added;
  }

  isStalled(): boolean {
    return this.bytes > 0 && this.#isStalled;
  }

  /**
   * Returns a rank, which decides whose connection is closed first: 0 (first) for a stalled sink, 2 (last) for a sink whose client has been
   * seen to read, else 1.
   */
  rank(): number {
    if (this.isStalled()) return 0;
    return this.#hasRead ? 2 : 1;
  }
}

/**
 * Sorts sinks in the order in which their connections are closed: by rank, and within a rank by unread bytes, descending. Closing the
 * connection with the most unread bytes frees the most memory.
 */
export const slowestFirst = (all: readonly SinkProgress[]): SinkProgress[] =>
  all.toSorted((a, b) => a.rank() - b.rank() || b.bytes - a.bytes);
