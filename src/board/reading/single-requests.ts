import { SlowThreshold } from './slow-threshold.ts';

/**
 * How many requests for a single GPU type run at the same time. Over HTTP/1.1 a browser opens at most six connections to a host. One of
 * them carries the event stream, and one stays free for the combined request or the request for the lists.
 */
const MAX_RUNNING = 4;

/** The maximum number of slow requests that may run while other requests wait. */
const MAX_SLOW = 2;

/** Requests the cells of these GPU types and stores them. */
export type FetchCells = (gpuTypeIds: readonly string[], signal: AbortSignal) => Promise<void>;

export interface SingleRequestsOptions {
  readonly fetchCells: FetchCells;
  /** Aborts every request. */
  readonly signal: AbortSignal;
  /** Runs whenever a request has started, finished, or become slow. */
  readonly onProgress: () => void;
  /** Runs when a request fails before it counts as slow. */
  readonly onFailure: (error: unknown) => void;
}

/** An unanswered request for one GPU type. It is either waiting or running. */
interface SingleRequest {
  readonly gpuTypeId: string;
  isSlow: boolean;
  timesAbandoned: number;
  /** Aborts the running request and moves it to the end of the queue; null while the request waits. */
  abandon: (() => void) | null;
}

/**
 * A queue of requests, each for one GPU type. At most four requests run at the same time. Slow requests must not block the queue. So if
 * requests wait while three of the four running requests are slow, the slow request that has run longest is abandoned: it is aborted and
 * moved to the end of the queue.
 */
export class SingleRequests {
  /** Unanswered requests by GPU type id, in the order in which they are sent. */
  readonly #requests = new Map<string, SingleRequest>();
  readonly #slowThreshold = new SlowThreshold();
  readonly #options: SingleRequestsOptions;

  constructor(options: SingleRequestsOptions) {
    this.#options = options;
  }

  /** Queues a request for each of these GPU types that has no queued or running request yet. */
  add(gpuTypeIds: readonly string[]): void {
    for (const gpuTypeId of gpuTypeIds) {
      if (!this.#requests.has(gpuTypeId)) {
        this.#requests.set(gpuTypeId, { gpuTypeId, isSlow: false, timesAbandoned: 0, abandon: null });
      }
    }
    this.#sendWaiting();
  }

  /** Removes the waiting requests for these GPU types. Running requests continue. */
  removeWaiting(gpuTypeIds: readonly string[]): void {
    for (const id of gpuTypeIds) if (this.#requests.get(id)?.abandon === null) this.#requests.delete(id);
  }

  /** Whether every unanswered request is slow now or was abandoned for being slow. */
  areOnlySlowLeft(): boolean {
    return this.#unanswered().every(({ isSlow, timesAbandoned }) => isSlow || timesAbandoned > 0);
  }

  #unanswered(): readonly SingleRequest[] {
    return [...this.#requests.values()];
  }

  #running(): readonly SingleRequest[] {
    return this.#unanswered().filter(({ abandon }) => abandon !== null);
  }

  #sendWaiting(): void {
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) void this.#run(next);
    this.#options.onProgress();
  }

  /**
   * Returns the next request to send; undefined if no request waits or no connection is free. May abandon a slow request to free its
   * connection.
   */
  #takeNext(): SingleRequest | undefined {
    const next = this.#unanswered().find(({ abandon }) => abandon === null);
    if (next === undefined) return undefined;
    const running = this.#running();
    const slow = running.filter(({ isSlow }) => isSlow);
    if (running.length === MAX_RUNNING && slow.length > MAX_SLOW) slow[0]?.abandon?.();
    return this.#running().length < MAX_RUNNING ? next : undefined;
  }

  async #run(request: SingleRequest): Promise<void> {
    const { fetchCells, signal, onFailure } = this.#options;
    const abandoned = new AbortController();
    const startedAt = performance.now();
    const slowTimer = setTimeout(() => this.#markSlow(request), this.#slowAfterMs(request));
    request.abandon = () => {
      clearTimeout(slowTimer);
      abandoned.abort();
      this.#queueAgain(request);
    };
    try {
      await fetchCells([request.gpuTypeId], AbortSignal.any([signal, abandoned.signal]));
      this.#slowThreshold.record(performance.now() - startedAt);
    } catch (error) {
      if (abandoned.signal.aborted) return;
      // The failure of a slow request is not reported. The data of its GPU type stays missing until the next read.
      if (!request.isSlow) onFailure(error);
    }
    clearTimeout(slowTimer);
    this.#requests.delete(request.gpuTypeId);
    if (!signal.aborted) this.#sendWaiting();
  }

  /** Returns the number of milliseconds after which the request counts as slow. This number doubles whenever the request is abandoned. */
  #slowAfterMs({ timesAbandoned }: SingleRequest): number {
    const wasAnyAbandoned = this.#unanswered().some((request) => request.timesAbandoned > 0);
    return this.#slowThreshold.currentMs(wasAnyAbandoned) * 2 ** timesAbandoned;
  }

  #markSlow(request: SingleRequest): void {
    request.isSlow = true;
    this.#sendWaiting();
  }

  #queueAgain(request: SingleRequest): void {
    request.isSlow = false;
    request.timesAbandoned += 1;
    request.abandon = null;
    this.#requests.delete(request.gpuTypeId);
    this.#requests.set(request.gpuTypeId, request);
  }
}
