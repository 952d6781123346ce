/**
 * A request counts as slow after this many times the median duration of the finished requests, but not before `SHORTEST_MS` milliseconds.
 */
const MEDIAN_FACTOR = 4;
const SHORTEST_MS = 1000;

/** The threshold while no request has finished, in milliseconds. RunPod can take four seconds to answer even when it is healthy. */
const INITIAL_MS = 5000;

/** Calculates after how long a request counts as slow, from the durations of the finished requests. */
export class SlowThreshold {
  readonly #durationsMs: number[] = [];

  record(durationMs: number): void {
    this.#durationsMs.push(durationMs);
  }

  /**
   * Returns after how many milliseconds a request counts as slow. While no request has finished, the result is `INITIAL_MS`, or
   * `SHORTEST_MS` if a request was already abandoned because it was slow.
   */
  currentMs(wasAnyAbandoned: boolean): number {
    const median = this.#durationsMs.toSorted((a, b) => a - b)[Math.floor(this.#durationsMs.length / 2)];
    if (median !== undefined) return Math.max(SHORTEST_MS, MEDIAN_FACTOR * median);
    return wasAnyAbandoned ? SHORTEST_MS : INITIAL_MS;
  }
}
