import type { Catalog } from '../domain/catalog.ts';
import type { Observation, ObservationKey, ObservationRequest } from '../domain/observation.ts';

/** A catalog that can return cached answers without a request to its source. */
export interface KnownCatalog extends Pick<Catalog, 'batchOf'> {
  /** Returns the answer if no request to the source is needed for it, else `null`. */
  readonly lookUp: (request: ObservationRequest) => Promise<{ readonly look: () => Observation } | null>;
}

/** When an answer that is in demand was last requested from the source, and how old the answer is. */
interface Times {
  /** When the request was last sent, successfully or not, in monotonic milliseconds. */
  triedAt: number;
  /** When the newest answer that this replica has seen was requested, in monotonic milliseconds. */
  seenAt: number;
  /**
   * Whether the answer was not fresh when it was first demanded, and has not been refreshed since. Subscribers pay for the first
   * refresh of such an answer.
   */
  isUnpaid: boolean;
}

/** Remembers when each answer that is in demand was last requested from the source, and how old the answer is. */
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

  /** Returns when the request for a key was last sent; minus infinity if it never was. */
  lastTry(key: ObservationKey): number {
    return this.#timesOf(key)?.triedAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether subscribers pay for the next refresh of the answer to a key. */
  isUnpaid(key: ObservationKey): boolean {
    return this.#timesOf(key)?.isUnpaid ?? false;
  }

  /** Looks up the age of each answer that is newly in demand, and forgets the answers that are no longer in demand. */
  async follow(requests: readonly ObservationRequest[]): Promise<void> {
    const next = new Map<string, Times>();
    for (const request of requests) {
      const name = this.#catalog.batchOf(request);
      next.set(name, this.#byName.get(name) ?? (await this.#begin(request)));
    }
    // The map is replaced only now, so that refreshes that end during the lookups still find their entries.
    this.#byName = next;
  }

  /** Records that the request for a key is sent now. */
  tried(key: ObservationKey): void {
    this.#update(key, { triedAt: this.#now() });
  }

  /** Returns whether a client's request or another replica has refreshed the answer since the last check. If so, records the refresh. */
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
   * Returns when the known answer was requested from the source. If its cells were requested at different times, returns the earliest time.
   * Returns minus infinity if no answer is known or a cell failed.
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
