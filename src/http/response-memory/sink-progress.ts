import type { Sink } from './sink.ts';

/** A sink is stalled if it took fewer bytes per millisecond than this over at least `JUDGED_MS`, although it had as many to take. */
const STALLED_BYTES_PER_MS = 50;
const JUDGED_MS = 2000;

/** The unread bytes of one sink when it was last looked at, and whether its client reads. */
export class SinkProgress {
  readonly sink: Sink;
  bytes = 0;
  #isStalled = false;
  #hasRead = false;
  /** The state when the period began over which the sink is judged. */
  #since: { readonly at: number; readonly taken: number; readonly bytes: number };

  constructor(sink: Sink, now: number) {
    this.sink = sink;
    this.#since = { at: now, taken: sink.taken(), bytes: 0 };
  }

  /** Looks at the sink. Returns how many more unread bytes it has than before. */
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

  /** 0 for a stalled sink, 1 for a sink whose client has not been seen to read, and 2 for one whose client reads. */
  rank(): number {
    if (this.isStalled()) return 0;
    return this.#hasRead ? 2 : 1;
  }
}

/** Sorts sinks in the order in which they are cut: by rank, and within a rank the most unread bytes first, because that frees most. */
export const slowestFirst = (all: readonly SinkProgress[]): SinkProgress[] =>
  all.toSorted((a, b) => a.rank() - b.rank() || b.bytes - a.bytes);
