import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCellFetcher } from '../../../src/board/reading/cell-fetcher.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** The ids of 41 GPU types. */
const ALL = Array.from({ length: 41 }, (_, index) => String(index));
/** The value of `readyAtMs` for a GPU type that hangs: the gateway never has the answer. */
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Creates a cell fetcher and a fake gateway. `readyAtMs` returns when the gateway has the answer about a GPU type, in milliseconds after
 * the start.
 */
function startFetcher(readyAtMs: (gpuTypeId: string) => number) {
  const startedAt = Date.now();
  const stopping = new AbortController();
  const requested: string[] = [];
  const arrivedAtMs = new Map<string, number>();
  let running = 0;
  let mostRunning = 0;

  async function fetchCells(gpuTypeIds: readonly string[], signal: AbortSignal): Promise<void> {
    requested.push(gpuTypeIds.join());
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    const readyInMs = Math.max(...gpuTypeIds.map(readyAtMs)) - (Date.now() - startedAt);
    await new Promise<void>((resolve, reject) => {
      const end = (then: () => void) => () => {
        running -= 1;
        then();
      };
      const timer = readyInMs < NEVER ? setTimeout(end(resolve), Math.max(10, readyInMs)) : undefined;
      signal.addEventListener(
        'abort',
        end(() => reject(signal.reason)),
      );
      signal.addEventListener('abort', () => clearTimeout(timer));
    });
    for (const id of gpuTypeIds) if (!arrivedAtMs.has(id)) arrivedAtMs.set(id, Date.now() - startedAt);
  }

  return {
    ...createCellFetcher({ signal: stopping.signal, fetchCells }),
    stopping,
    requested,
    mostRunning: () => mostRunning,
    arrived: () => [...arrivedAtMs.keys()],
    /** The longest time between the moment when the gateway had an answer and the moment when the fetcher received it. */
    worstDelayMs: () => Math.max(...[...arrivedAtMs].map(([id, ms]) => ms - Math.max(0, readyAtMs(id)))),
  };
}

/**
 * Returns the function `readyAtMs` of a gateway with an empty cache. The gateway requests three GPU types at a time from RunPod, in order.
 * Each request takes `runPodTakesMs`. The GPU types in `hanging` never get an answer, but do not delay the others.
 */
function coldGateway(runPodTakesMs: number, hanging: readonly string[] = []) {
  const others = ALL.filter((id) => !hanging.includes(id));
  return (id: string) => (hanging.includes(id) ? NEVER : (Math.floor(others.indexOf(id) / 3) + 1) * runPodTakesMs);
}

describe('a cell fetcher', () => {
  it('sends one request when the gateway has everything in memory', async () => {
    const { fetchAll, requested, arrived } = startFetcher(() => 0);
    const swept = fetchAll({ together: ALL, singly: [] });
    await vi.advanceTimersByTimeAsync(10);
    await swept;
    expect(requested).toHaveLength(1);
    expect(arrived()).toEqual(ALL);
  });

  it('sends no more requests if the page is only too busy to read the response', async () => {
    vi.useRealTimers();
    let requests = 0;
    const fetchCells = async () => {
      requests += 1;
      const busyUntil = performance.now() + 300;
      while (performance.now() < busyUntil);
      // The response has arrived by now, but the page runs its due timers before it reads the response.
      await setImmediate();
      await setImmediate();
    };
    const { fetchAll } = createCellFetcher({ signal: new AbortController().signal, fetchCells });
    await fetchAll({ together: ALL, singly: [] });
    expect(requests).toBe(1);
  });

  it('fetches each GPU type once, as soon as the gateway has it, when the gateway has nothing in memory', async () => {
    const fetcher = startFetcher(coldGateway(300));
    const swept = fetcher.fetchAll({ together: ALL, singly: [] });
    await vi.advanceTimersByTimeAsync(14 * 300 + 10);
    await swept;
    expect(fetcher.arrived()).toEqual(ALL);
    expect(fetcher.requested.slice(1)).toEqual(ALL);
    expect(fetcher.worstDelayMs()).toBeLessThanOrEqual(10);
    expect(fetcher.mostRunning()).toBe(5);
  });

  it.each([
    ['the first two GPU types hang', 300, ['0', '1'], 50],
    ['two GPU types hang', 300, ['8', '20'], 50],
    ['the first seven GPU types hang', 300, ['0', '1', '2', '3', '4', '5', '6'], 7000],
    ['seven GPU types hang', 300, ['3', '4', '9', '17', '23', '30', '40'], 3000],
    ['every answer takes four seconds', 4000, [], 50],
  ])('receives each answer soon after the gateway has it when %s', async (_name, takesMs, hanging, atMostMs) => {
    const fetcher = startFetcher(coldGateway(takesMs, hanging));
    const swept = fetcher.fetchAll({ together: ALL, singly: [] });
    await vi.advanceTimersByTimeAsync(14 * takesMs + 10_000);
    await swept;
    expect(fetcher.arrived()).toHaveLength(ALL.length - hanging.length);
    expect(fetcher.worstDelayMs()).toBeLessThanOrEqual(atMostMs);
    expect(fetcher.mostRunning()).toBeLessThanOrEqual(5);
  });
});

describe('a cell fetcher with slow requests', () => {
  it('receives all answers soon after a blocked gateway has them, although many requests were abandoned', async () => {
    const hanging = ['3', '4', '9', '17', '23', '30', '40'];
    const fetcher = startFetcher((id) => (hanging.includes(id) ? NEVER : Number(id) < 3 ? 300 : 9000));
    const swept = fetcher.fetchAll({ together: ALL, singly: [] });
    await vi.advanceTimersByTimeAsync(14_000);
    expect(fetcher.arrived()).toHaveLength(34);
    await vi.advanceTimersByTimeAsync(20_000);
    await swept;
  });

  it('abandons no request when two GPU types hang', async () => {
    const { fetchAll, requested } = startFetcher(coldGateway(300, ['3', '17']));
    const swept = fetchAll({ together: ALL, singly: [] });
    await vi.advanceTimersByTimeAsync(20_000);
    await swept;
    expect(requested.slice(1)).toEqual(ALL);
  });

  it('fetches other GPU types again while one hangs, and receives the answer of the hanging one when it arrives', async () => {
    const { fetchAll, requested, arrived } = startFetcher((id) => (id === '1' ? 30_000 : 0));
    const first = fetchAll({ together: ['0', '1'], singly: [] });
    await vi.advanceTimersByTimeAsync(6000);
    await first;
    const second = fetchAll({ together: ['0'], singly: ['1'] });
    await vi.advanceTimersByTimeAsync(10);
    await second;
    expect(requested).toEqual(['0,1', '0', '1', '0']);
    expect(arrived()).toEqual(['0']);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(arrived()).toEqual(['0', '1']);
  });
});

describe('a cell fetcher whose requests fail', () => {
  it('fetches each GPU type separately when the combined request is rejected', async () => {
    const arrived: string[] = [];
    const { fetchAll } = createCellFetcher({
      signal: new AbortController().signal,
      fetchCells: async (ids) => {
        if (ids.length > 1) throw new Error('too complex');
        arrived.push(...ids);
      },
    });
    await fetchAll({ together: ['0', '1'], singly: [] });
    expect(arrived).toEqual(['0', '1']);
  });

  it('rejects when every request fails', async () => {
    const fetchCells = () => Promise.reject(new Error('gone'));
    const { fetchAll } = createCellFetcher({ signal: new AbortController().signal, fetchCells });
    await expect(fetchAll({ together: ['0', '1'], singly: [] })).rejects.toThrow('gone');
  });

  it('aborts the combined request once single requests have fetched every GPU type', async () => {
    let combined: AbortSignal | undefined;
    const { fetchAll } = createCellFetcher({
      signal: new AbortController().signal,
      async fetchCells(ids, signal) {
        if (ids.length === 1) return;
        combined = signal;
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const fetched = fetchAll({ together: ['0', '1'], singly: [] });
    await vi.advanceTimersByTimeAsync(1000);
    await fetched;
    expect(combined?.aborted).toBe(true);
  });

  it('rejects when it is aborted', async () => {
    const { fetchAll, stopping } = startFetcher(() => NEVER);
    const swept = expect(fetchAll({ together: ALL, singly: [] })).rejects.toThrow('abort');
    stopping.abort();
    await swept;
  });
});
