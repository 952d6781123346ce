import { type FetchCells, SingleRequests } from './single-requests.ts';

/** A gateway that has every cell in memory answers within this time, in milliseconds. */
const IN_MEMORY_MS = 200;

/** What a cell fetcher needs. */
export interface CellFetcherOptions {
  readonly fetchCells: FetchCells;
  /** Aborts every request. */
  readonly signal: AbortSignal;
}

/** Which GPU types to fetch, and how. */
export interface FetchPlan {
  /** GPU types to fetch by one combined request. */
  readonly together: readonly string[];
  /** GPU types to fetch by a request each. */
  readonly singly: readonly string[];
}

/** Fetches the cells of GPU types. */
export interface CellFetcher {
  /**
   * Resolves when only slow requests are left; these continue in the background. Rejects when a request fails that is not slow.
   * Call it again only after it has settled.
   */
  readonly fetchAll: (plan: FetchPlan) => Promise<void>;
}

/**
 * Fetches the cells of many GPU types as fast as the gateway has them. One combined request is the fastest way to read what the
 * gateway has in memory. When its response takes longer, the gateway is asking RunPod; then a request for each GPU type brings
 * each one as soon as the gateway has it. The gateway asks RunPod once, however many requests wait for the same answer.
 */
export function createCellFetcher({ fetchCells, signal }: CellFetcherOptions): CellFetcher {
  /** Whether the combined request may still be answered from the gateway's memory. */
  let isCombinedExpected = false;
  let onFinished = () => {};
  let onFailed: (error: unknown) => void = () => {};

  const finishIfDone = () => {
    if (!isCombinedExpected && singles.areOnlySlowLeft()) onFinished();
  };
  const singles = new SingleRequests({
    fetchCells,
    signal,
    onProgress: finishIfDone,
    onFailure: (error) => onFailed(error),
  });

  async function fetchTogether(ids: readonly string[], ended: AbortSignal): Promise<void> {
    const fallback = setTimeout(() => {
      isCombinedExpected = false;
      singles.add(ids);
    }, IN_MEMORY_MS);
    try {
      await fetchCells(ids, AbortSignal.any([signal, ended]));
      singles.removeWaiting(ids);
    } catch (error) {
      if (signal.aborted) onFailed(error);
      // The gateway may reject only the combined request. If it rejects every request, the single requests fail too.
      else if (isCombinedExpected) singles.add(ids);
    } finally {
      clearTimeout(fallback);
    }
    isCombinedExpected = false;
    if (!signal.aborted && !ended.aborted) finishIfDone();
  }

  return {
    async fetchAll({ together, singly }) {
      const ended = new AbortController();
      await new Promise<void>((resolve, reject) => {
        [onFinished, onFailed] = [resolve, reject];
        isCombinedExpected = together.length > 0;
        if (isCombinedExpected) void fetchTogether(together, ended.signal);
        singles.add(singly);
      }).finally(() => ended.abort());
    },
  };
}
