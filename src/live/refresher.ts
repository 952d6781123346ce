import type { Catalog, Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { Lists } from '../domain/lists.ts';
import type { ObservationKey, ObservationRequest } from '../domain/observation.ts';
import type { RefreshDemand } from './refresh-demand.ts';
import { type KnownCatalog, RefreshTimes } from './refresh-times.ts';
import { createWakeableSleep } from './wakeable-sleep.ts';

/**
 * The length of a refresh cycle, as a fraction of the time for which an answer is fresh. Every answer that must be kept fresh is refreshed
 * once per cycle.
 */
const CYCLE = 0.8;

/**
 * The maximum pause between two checks for due refreshes, in milliseconds. It is short, because demand and the health of the source may
 * change at any time.
 */
const LOOK_AGAIN_MS = 1000;

/** Reads availability data, and refreshes cached answers. */
export interface RenewableCatalog extends Catalog, KnownCatalog {
  /** Fetches a newer answer. Rejects with an `UpstreamError`. */
  readonly renew: (request: ObservationRequest, demand: Demand) => Promise<void>;
  /** Fetches spot prices and pod sizes from a second source, in the background and only if they are due. */
  readonly supplement: (request: ObservationRequest) => void;
}

/** Dependencies of a `Refresher`. */
export interface RefresherOptions {
  readonly catalog: RenewableCatalog;
  readonly refreshDemand: Pick<RefreshDemand, 'isEmpty' | 'among' | 'payersOf'>;
  /** How long an answer is fresh, in milliseconds; infinite for answers that are never refreshed. */
  readonly freshMs: number;
  /** The maximum number of concurrent refreshes. */
  readonly concurrency: number;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
  /** Called with an error that is not an `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

const NO_LISTS: Lists = { gpuTypes: [], dataCenters: [] };

/**
 * Refreshes the answers that clients need, so that they stay fresh. Refreshes the oldest answer first. The refreshes are spaced evenly, but
 * missing and overdue answers are requested at once. Requests that a client waits for take precedence over refreshes. While the source is
 * down, only one request is sent per cycle (see `CYCLE`).
 */
export class Refresher {
  readonly #options: RefresherOptions;
  readonly #times: RefreshTimes;
  readonly #running = new Set<Promise<void>>();
  readonly #pause = createWakeableSleep();
  /**
   * One observation key for each upstream request that the refresher repeats. One request may cover the observations of several GPU types.
   */
  #keys: readonly ObservationKey[] = [];
  #lastStart = Number.NEGATIVE_INFINITY;

  constructor(options: RefresherOptions) {
    this.#options = options;
    this.#times = new RefreshTimes(options.catalog, options.freshMs, options.now);
  }

  /** The number of different upstream requests that the refresher repeats to keep answers fresh. */
  get size(): number {
    return this.#keys.length;
  }

  /** Starts the next check at once. Call this when there may be new demand. */
  wake(): void {
    this.#pause.wake();
  }

  /** Keeps the answers in demand fresh until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    if (!Number.isFinite(this.#options.freshMs)) return;
    signal.addEventListener('abort', this.#pause.wake);
    const demand: Demand = { signal, awaited: false, clients: [GATEWAY] };
    while (!signal.aborted) {
      const waitMs = await this.#step(demand).catch((error: unknown) => {
        this.#report(error, signal);
        return LOOK_AGAIN_MS;
      });
      if (waitMs > 0) await this.#pause.sleep(Math.min(waitMs, LOOK_AGAIN_MS));
    }
  }

  /** Starts one refresh if one is due. Returns how long to wait before the next check, in milliseconds. */
  async #step(demand: Demand): Promise<number> {
    const { catalog, refreshDemand, concurrency, now } = this.#options;
    // If there is no answer to keep fresh, the lists of GPU types and data centers are not requested either.
    const lists = refreshDemand.isEmpty() ? NO_LISTS : await readLists(catalog, demand);
    const all = refreshDemand.among(lists.gpuTypes);
    for (const key of all) catalog.supplement({ ...key, ...lists });
    this.#keys = [...new Map(all.map((key) => [catalog.batchOf(key), key])).values()];
    await this.#times.follow(this.#keys.map((key) => ({ ...key, ...lists })));
    const [oldest] = this.#keys.toSorted((a, b) => this.#times.lastTry(a) - this.#times.lastTry(b));
    if (oldest === undefined) return LOOK_AGAIN_MS;
    const waitMs = this.#nextStart(oldest) - now();
    if (waitMs > 0) return waitMs;
    if (this.#running.size >= concurrency) await Promise.race(this.#running);
    this.#start({ ...oldest, ...lists }, demand);
    return 0;
  }

  /**
   * Returns the time at which the next refresh starts. Refreshes are spaced evenly, but an overdue answer is refreshed earlier. While the
   * source is down, one refresh starts per cycle.
   */
  #nextStart(oldest: ObservationKey): number {
    const { catalog, freshMs } = this.#options;
    const periodMs = freshMs * CYCLE;
    if (catalog.status().health === 'DOWN') return this.#lastStart + periodMs;
    return Math.min(this.#lastStart + periodMs / this.#keys.length, this.#times.lastTry(oldest) + periodMs);
  }

  #start(request: ObservationRequest, demand: Demand): void {
    this.#lastStart = this.#options.now();
    this.#times.tried(request);
    const refresh = this.#refresh(request, demand)
      .catch((error: unknown) => this.#report(error, demand.signal))
      .finally(() => this.#running.delete(refresh));
    this.#running.add(refresh);
  }

  async #refresh(request: ObservationRequest, demand: Demand): Promise<void> {
    const { catalog, refreshDemand } = this.#options;
    if (await this.#times.isRefreshedByOthers(request)) return;
    const clients = refreshDemand.payersOf(request, this.#times.isUnpaid(request));
    await catalog.renew(request, { ...demand, clients });
    await this.#times.refreshed(request);
  }

  #report(error: unknown, { aborted }: AbortSignal): void {
    if (!(error instanceof UpstreamError || aborted)) this.#options.onFault(error);
  }
}

async function readLists(catalog: RenewableCatalog, demand: Demand): Promise<Lists> {
  const [gpuTypes, dataCenters] = await Promise.all([catalog.gpuTypes(demand), catalog.dataCenters(demand)]);
  return { gpuTypes, dataCenters };
}
