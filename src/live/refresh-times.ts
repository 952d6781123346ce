import type { Catalog } from '../domain/catalog.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';

/** Reads availability data. Can also return cached answers without a request to the source of the data. */
export interface KnownCatalog extends Pick<Catalog, 'batchOf'> {
  /** Returns the cached answer, or `null` if the answer must be requested from the source. */
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly look: () => Observation } | null>;
}

/** For one answer that must be kept fresh: when it was last requested from the source, and how old it is. */
interface Times {
  /** When the request was last sent, successfully or not, in monotonic milliseconds. */
  triedAt: number;
  /** The time at which the newest answer known to this replica was requested, in monotonic milliseconds. */
  seenAt: number;
  /**
   * Whether the answer was not fresh when it was first needed, and has not been refreshed since. If so, the next refresh counts against the
   * limits of the subscribers.
   */
  isUnpaid: boolean;
}

/** For each answer that must be kept fresh, remembers when it was last requested from the source and how old it is. */
export class RefreshTimes {
  readonly #catalog: KnownCatalog;
  readonly #freshMs: number;
  readonly #now: () => number;
  #byName = new Map<string, Times>();

  /** `freshMs` is how long an answer is fresh. `now` returns monotonic milliseconds. */
  constructor(catalog: KnownCatalog, freshMs: number, now: () => number) {
    this.#catalog = catalog;
    this.#freshMs = freshMs;
    this.#now = now;
  }

  /** Returns when the answer for a key was last requested, in monotonic milliseconds; minus infinity if it never was. */
  lastTry(key: ObservationKey): number {
    return this.#timesOf(key)?.triedAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether the next refresh of the answer for a key counts against the limits of the subscribers. */
  isUnpaid(key: ObservationKey): boolean {
    return this.#timesOf(key)?.isUnpaid ?? false;
  }

  /**
   * Sets which answers must be kept fresh. Looks up the age of each answer that is newly added, and forgets the answers that are no longer
   * needed.
   */
  async follow(requests: readonly ObservationRequest[]): Promise<void> {
    const next = new Map<string, Times>();
    for (const request of requests) {
      const name = this.#catalog.batchOf(request);
      next.set(name, this.#byName.get(name) ?? (await this.#begin(request)));
    }
    // The map is replaced only after all lookups, so that a refresh that ends during a lookup still finds its entry.
    this.#byName = next;
  }

  /** Records that the request for a key is sent now. */
  tried(key: ObservationKey): void {
    this.#update(key, { triedAt: this.#now() });
  }

  /**
   * Checks whether a client's request or another replica has refreshed the answer since the last check. If so, records the refresh and
   * returns true.
   */
  async isRefreshedByOthers(request: ObservationRequest): Promise<boolean> {
    const known = await this.#askedAt(request);
    if (known <= (this.#timesOf(request)?.seenAt ?? Number.NEGATIVE_INFINITY)) return false;
    this.#update(request, { seenAt: known, triedAt: known, isUnpaid: false });
    return true;
  }

  /** Records that the answer was refreshed. */
  async refreshed(request: ObservationRequest): Promise<void> {
    this.#update(request, { seenAt: await this.#askedAt(request), isUnpaid: false });
  }

  async #begin(request: ObservationRequest): Promise<Times> {
    const askedAt = await this.#askedAt(request);
    return { triedAt: askedAt, seenAt: askedAt, isUnpaid: this.#now() - askedAt >= this.#freshMs };
  }

  /**
   * Returns when the cached answer was requested from the source. If its cells were requested at different times, returns the earliest
   * time. Returns minus infinity if there is no cached answer, or if a cell failed.
   */
  async #askedAt(request: ObservationRequest): Promise<number> {
    const cells = (await this.#catalog.lookUp(request))?.look().cells ?? [];
    const times = cells.map((cell) => (cell.failure === null ? cell.askedAt : Number.NEGATIVE_INFINITY));
    return times.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...times);
  }

  #timesOf(key: ObservationKey): Times | undefined {
    return this.#byName.get(this.#catalog.batchOf(key));
  }

  #update(key: ObservationKey, times: Partial<Times>): void {
    Object.assign(this.#timesOf(key) ?? {}, times);
  }
}
