import type { Observation } from '../domain/observation.ts';
import { type CacheStatistics, createCacheStatistics } from './cache-statistics.ts';
import { type AgeLimits, type RememberedObservation, recall, untilWhole } from './remembered-observation.ts';

/** Converts remembered observations into the observations that are served now, and keeps statistics of their cells. */
export class ServedObservations {
  readonly statistics: CacheStatistics;
  readonly #limits: AgeLimits;
  readonly #now: () => number;
  readonly #recorded = new WeakSet<RememberedObservation>();
  readonly #wholeUntil = new WeakMap<RememberedObservation, number>();

  /** `now` returns monotonic milliseconds of this process. */
  constructor(limits: AgeLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.statistics = createCacheStatistics(limits.staleMs, now);
  }

  /**
   * Returns the observation in the form in which it is served now. Each of its cells is fresh, stale or failed, depending on the age of the
   * cell.
   */
  recall(remembered: RememberedObservation): Observation {
    return recall(remembered, this.#limits, this.#now());
  }

  /** Whether every cell is observed and still fresh. If so, the latest observation is served unchanged. */
  isWhole(remembered: RememberedObservation): boolean {
    const until = this.#wholeUntil.get(remembered) ?? untilWhole(remembered, this.#limits);
    this.#wholeUntil.set(remembered, until);
    return this.#now() < until;
  }

  /** Adds an observation to the statistics. */
  record(key: string, remembered: RememberedObservation): void {
    this.#recorded.add(remembered);
    this.statistics.loaded(key, () => this.recall(remembered));
    this.recordRequest(key, remembered);
  }

  /** Records in the statistics that an observation was requested, unless all of its cells are fresh. */
  recordRequest(key: string, remembered: RememberedObservation): void {
    if (!this.isWhole(remembered)) this.statistics.wanted(key);
  }

  /** Whether this object was passed to `record`. Objects are compared by identity. */
  isRecorded(remembered: RememberedObservation): boolean {
    return this.#recorded.has(remembered);
  }
}
