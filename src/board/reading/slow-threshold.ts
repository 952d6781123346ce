/** A request is slow when it takes this many times as long as the median request, but never before `SHORTEST_MS`. */
const MEDIAN_FACTOR = 4;
const SHORTEST_MS = 1000;

/** The threshold while there is no median. A healthy RunPod can take four seconds to answer. */
const INITIAL_MS = 5000;

/** Decides after how long a request counts as slow, from the durations of the finished requests. */
export class SlowThreshold {
  readonly #durationsMs: number[] = [];

  record(durationMs: number): void {
    this.#durationsMs.push(durationMs);
  }

  /**
   * Returns the threshold in milliseconds. Once a request was abandoned, RunPod has been slow before, so the threshold no longer
   * starts at its generous initial value.
   */
  currentMs(wasAnyAbandoned: boolean): number {
    const median = this.#durationsMs.toSorted((a, b) => a - b)[Math.floor(this.#durationsMs.length / 2)];
    if (median !== undefined) return Math.max(SHORTEST_MS, MEDIAN_FACTOR * median);
    return wasAnyAbandoned ? SHORTEST_MS : INITIAL_MS;
  }
}
