import { UpstreamError } from '../domain/errors.ts';

/**
 * When to request a supplement (an answer with spot prices and pod sizes) again, as a multiple of the time for which an observation is
 * fresh.
 */
const PERIODS = 5;

/** The maximum number of keys whose latest request is remembered: three times the maximum number of waiting requests. */
export const MAX_TRIES = 3000;

/**
 * The length of the time window in which at most `PROBES` probes are sent, in milliseconds. A probe is a request for a supplement that
 * contained nothing the last time.
 */
const PROBE_EVERY_MS = 3_600_000;
/** The maximum number of probes in each time window of `PROBE_EVERY_MS`. */
const PROBES = 3;

/**
 * The result of a request for a supplement, which is an answer with spot prices and pod sizes. 'something': the answer contained a spot
 * price or a pod size. 'nothing': the answer contained neither. 'not asked': no request was needed. 'postponed': the request was not sent
 * yet, because no client has enough budget left for it.
 */
export type Supplied = 'something' | 'nothing' | 'not asked' | 'postponed';

interface Try {
  readonly at: number;
  /** How long after this request the next request for the same key is due, in milliseconds. */
  readonly afterMs: number;
  readonly hasFailed: boolean;
  readonly supplied: Supplied;
}

/** A running request for a supplement, which is an answer with spot prices and pod sizes. */
export interface RunningTry {
  readonly key: string;
  readonly before: Try | undefined;
  /**
   * Whether this request is a probe, which finds out whether supplements contain anything again: the previous supplement for this key
   * contained nothing, and no supplement for another key has contained anything since then.
   */
  readonly isProbe: boolean;
}

/**
 * Remembers, for each key, the latest request for a supplement (an answer with spot prices and pod sizes), and decides when the next
 * request is due.
 */
export class SupplementTries {
  /** The age at which a supplement (spot prices and pod sizes) is requested again, in milliseconds. */
  readonly periodMs: number;
  readonly #freshMs: number;
  readonly #now: () => number;
  /** The latest request for each key. The oldest of these requests comes first. */
  readonly #tries = new Map<string, Try>();
  #lastSuppliedAt = Number.NEGATIVE_INFINITY;
  #probesFrom = Number.POSITIVE_INFINITY;
  #probesLeft = 0;

  /** `freshMs` is how long an observation is fresh. `now` returns monotonic milliseconds of this process. */
  constructor(freshMs: number, now: () => number) {
    this.#freshMs = freshMs;
    this.#now = now;
    this.periodMs = PERIODS * freshMs;
  }

  /** Returns when a supplement for the key was last requested, in monotonic milliseconds; minus infinity if it never was. */
  lastAt(key: string): number {
    return this.#tries.get(key)?.at ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether a supplement for the key is due now. */
  isDue(key: string): boolean {
    const last = this.#tries.get(key);
    if (this.#isFruitless(last)) return this.#countProbesLeft() > 0;
    return last === undefined || this.#now() >= last.at + last.afterMs;
  }

  /**
   * Records that a request begins. Returns `null` if the request must not be sent, because it would be one probe too many in the current
   * time window.
   */
  begin(key: string): RunningTry | null {
    const before = this.#tries.get(key);
    const isProbe = this.#isFruitless(before);
    if (isProbe) this.#openWindow();
    if (isProbe && this.#probesLeft === 0) return null;
    this.#record(key, { afterMs: this.periodMs, hasFailed: false, supplied: 'not asked' });
    return { key, before, isProbe };
  }

  /** Records the result of a request. */
  end({ key, before, isProbe }: RunningTry, supplied: Supplied): void {
    // If the last supplement for the key contained nothing, a probe requests the supplement again. If the probe turns out to be
    // unnecessary, for example because nothing is in stock, no request is sent, and the previous request still counts as the latest one for
    // the key.
    if (supplied === 'not asked' && isProbe && before !== undefined) this.#tries.set(key, before);
    else this.#record(key, { afterMs: this.periodMs, hasFailed: false, supplied });
    if (supplied === 'something') this.#lastSuppliedAt = this.#now();
    if (supplied === 'nothing' && isProbe) this.#probesLeft -= 1;
    if (supplied === 'nothing' && !isProbe) this.#probesFrom = this.#now();
  }

  /** Records that a request failed. */
  fail({ key, isProbe }: RunningTry, error: unknown): void {
    if (isProbe) {
      this.#record(key, { afterMs: this.periodMs, hasFailed: false, supplied: 'nothing' });
      this.#probesLeft -= 1;
      return;
    }
    // A request that was never sent has not put load on RunPod, so the next one may follow sooner than after other failures.
    const isFree = error instanceof UpstreamError && error.code === 'NOT_ATTEMPTED';
    this.#record(key, { afterMs: isFree ? this.#freshMs : this.periodMs, hasFailed: true, supplied: 'not asked' });
  }

  /** Forgets a request that was postponed, so that another client can cause it at once. */
  forget({ key, before }: RunningTry): void {
    if (before === undefined) this.#tries.delete(key);
    else this.#tries.set(key, before);
  }

  /** Brings forward the time at which the supplement for the key is due, unless the last request for it failed. */
  hasten(key: string): void {
    const last = this.#tries.get(key);
    if (last !== undefined && !last.hasFailed) this.#tries.set(key, { ...last, afterMs: this.#freshMs });
  }

  #isFruitless(last: Try | undefined): boolean {
    return last?.supplied === 'nothing' && last.at > this.#lastSuppliedAt;
  }

  #countProbesLeft(): number {
    return this.#now() >= this.#probesFrom + PROBE_EVERY_MS ? PROBES : this.#probesLeft;
  }

  /** Starts a new time window for probes if the current one is over. */
  #openWindow(): void {
    if (this.#now() < this.#probesFrom + PROBE_EVERY_MS) return;
    this.#probesFrom = this.#now();
    this.#probesLeft = PROBES;
  }

  #record(key: string, how: Omit<Try, 'at'>): void {
    this.#tries.delete(key);
    this.#tries.set(key, { at: this.#now(), ...how });
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > MAX_TRIES && oldest !== undefined) this.#tries.delete(oldest);
  }
}
