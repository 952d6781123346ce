import type { SendQuery } from '../gateway/send-query.ts';
import { BoardCellsDocument, BoardListsDocument } from '../graphql/graphql.ts';
import type { BoardState } from '../state/board-state.ts';
import type { GpuTypeResponse } from '../state/response.ts';
import { type CellFetcher, createCellFetcher, type FetchPlan } from './cell-fetcher.ts';
import { createReadSchedule, type ReadSchedule } from './read-schedule.ts';

export interface BoardReaderOptions {
  readonly sendQuery: SendQuery;
  readonly state: BoardState;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

/** Reads everything that the board shows, and stores it in the board's state. */
export interface BoardReader {
  /** Requests the lists of GPU types and data centers again, and stores them. */
  readLists(signal: AbortSignal): Promise<void>;
  /**
   * Requests all cells of the stored lists again, and stores each response when it arrives. Resolves when only slow requests are left.
   * Their responses are stored later. Rejects when a request for a single GPU type fails before it counts as slow. Aborting `signal` ends
   * all requests.
   */
  readCells(gpuCount: number, signal: AbortSignal): Promise<void>;
  /** Returns the waiting time between the last read and the next one, in milliseconds: at most `longestMs`. */
  readonly nextReadInMs: ReadSchedule['nextReadInMs'];
}

export function createBoardReader({ sendQuery, state, now }: BoardReaderOptions): BoardReader {
  const schedule = createReadSchedule(now);
  /**
   * The fetcher for each signal. Reads with the same signal share a fetcher: it knows which slow requests of earlier reads are still
   * running, and does not send them again.
   */
  const fetchers = new WeakMap<AbortSignal, CellFetcher>();

  function fetcherFor(gpuCount: number, signal: AbortSignal): CellFetcher {
    const fetchCells = async (gpuTypeIds: readonly string[], abort: AbortSignal) => {
      const { gpuAvailability } = await sendQuery(BoardCellsDocument, { gpuCount, gpuTypeIds }, abort);
      abort.throwIfAborted();
      state.addResponse({ response: gpuAvailability, gpuTypeIds });
    };
    const fetcher = fetchers.get(signal) ?? createCellFetcher({ fetchCells, signal });
    fetchers.set(signal, fetcher);
    return fetcher;
  }

  return {
    async readLists(signal) {
      state.setLists(await sendQuery(BoardListsDocument, {}, signal));
    },
    async readCells(gpuCount, signal) {
      const ids = state.lists.peek()?.gpuTypes.map(({ id }) => id) ?? [];
      await fetcherFor(gpuCount, signal).fetchAll(planFor(ids, state.responses.peek()));
      state.applyResponses();
      schedule.recordRead(ids, state.responses.peek());
    },
    nextReadInMs: schedule.nextReadInMs,
  };
}

/**
 * Plans one combined request for the GPU types whose latest response has no failure. The gateway probably still has the cells of these
 * types in memory, so it can answer the combined request without delay. Each other GPU type gets a request of its own. If no GPU type has a
 * response without failures, one combined request covers all of them.
 */
function planFor(ids: readonly string[], responses: ReadonlyMap<string, GpuTypeResponse>): FetchPlan {
  const inMemory = ids.filter((id) => responses.get(id)?.failures.length === 0);
  if (inMemory.length === 0) return { together: ids, singly: [] };
  return { together: inMemory, singly: ids.filter((id) => !inMemory.includes(id)) };
}
