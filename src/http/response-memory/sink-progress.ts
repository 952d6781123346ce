import type { Sink } from './sink.ts';

/**
 * A sink is stalled if both of these are true for a period of at least `JUDGED_MS`: it took fewer bytes per millisecond than this, and it
 * did not take all the bytes that were unread at the beginning.
 */
const STALLED_BYTES_PER_MS = 50;
const JUDGED_MS = 2000;

/** The unread bytes of one sink when they were last measured, and whether the client of the sink reads. */
export class SinkProgress {
  readonly sink: Sink;
  bytes = 0;
  #isStalled = false;
  #hasRead = false;
  /** The state at the beginning of the period over which the sink is judged. */
  #since: { readonly at: number; readonly taken: number; readonly bytes: number };

  constructor(sink: Sink, now: number) {
    this.sink = sink;
    this.#since = { at: now, taken: sink.taken(), bytes: 0 };
  }

  /** Measures the sink. Returns how many more unread bytes it has than at the last measurement. */
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

  /** Returns 0 for a stalled sink, 1 for a sink whose client has not been seen to read yet, and 2 for a sink whose client reads. */
  rank(): number {
    if (this.isStalled()) return 0;
    return this.#hasRead ? 2 : 1;
  }
}

/**
 * Sorts sinks in the order in which they are cut: by rank, and within a rank by unread bytes. The sink with the most unread bytes comes
 * first, because cutting it frees the most memory.
 */
export const slowestFirst = (all: readonly SinkProgress[]): SinkProgress[] =>
  all.toSorted((a, b) => a.rank() - b.rank() || b.bytes - a.bytes);
