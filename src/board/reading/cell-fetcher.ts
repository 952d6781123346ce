import { type FetchCells, SingleRequests } from './single-requests.ts';

/**
 * The maximum number of times that the fetcher waits `WAIT_MS` for the answer to the combined request. A gateway that has every cell in
 * memory answers sooner.
 */
const WAITS = 4;

/**
 * The length of a wait, in milliseconds. The fetcher waits several times for a short time, not once for a long time: while the page is
 * busy, a single long timer could expire before the page reads a response that has already arrived.
 */
const WAIT_MS = 50;

export interface CellFetcherOptions {
  readonly fetchCells: FetchCells;
  /** Aborts every request. */
  readonly signal: AbortSignal;
}

/** The GPU types to fetch, and by which requests. */
export interface FetchPlan {
  /** GPU types to fetch by one combined request. */
  readonly together: readonly string[];
  /** GPU types to fetch by separate requests, one for each type. */
  readonly singly: readonly string[];
}

/** Fetches the cells of GPU types. */
export interface CellFetcher {
  /**
   * Fetches the cells of the GPU types in `plan`. Resolves when only slow requests are left; these continue in the background. Rejects when
   * a request for a single GPU type fails before it counts as slow. Call `fetchAll` again only after the previous call has settled.
   */
  readonly fetchAll: (plan: FetchPlan) => Promise<void>;
}

/**
 * Fetches the cells of many GPU types as soon as the gateway has them. One combined request is the fastest way to read what the gateway has
 * in memory. If the combined request takes longer than `WAITS` times `WAIT_MS` milliseconds, the gateway is waiting for RunPod. The fetcher
 * then also sends a request for each GPU type, so that each response arrives without waiting for the others. However many requests wait for
 * the same answer, the gateway sends RunPod only one.
 */
export function createCellFetcher({ fetchCells, signal }: CellFetcherOptions): CellFetcher {
  /** Whether the combined request is running and has taken less than `WAITS` times `WAIT_MS` milliseconds. */
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
    let waits = 1;
    const waitOrAdd = () => {
      waits += 1;
      if (waits <= WAITS) timer = setTimeout(waitOrAdd, WAIT_MS);
      else {
        isCombinedExpected = false;
        singles.add(ids);
      }
    };
    let timer = setTimeout(waitOrAdd, WAIT_MS);
    try {
      await fetchCells(ids, AbortSignal.any([signal, ended]));
      singles.removeWaiting(ids);
    } catch (error) {
      if (signal.aborted) onFailed(error);
      // The gateway may have rejected only the combined request, so send single requests. If they are rejected too, `fetchAll` fails.
      else if (isCombinedExpected) singles.add(ids);
    } finally {
      clearTimeout(timer);
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
