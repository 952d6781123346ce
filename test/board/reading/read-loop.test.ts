import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QueryError } from '../../../src/board/gateway/send-query.ts';
import { createReadLoop } from '../../../src/board/reading/read-loop.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Starts a read loop whose first read fails with `error`. `retries` is the return value of the callback `onFailure`. */
function startLoop({ retries = true, error = new Error('no response') } = {}) {
  const signals: AbortSignal[] = [];
  const delays: number[] = [];
  const onFailure = (_error: unknown, retryInMs: number) => {
    delays.push(retryInMs);
    return retries;
  };
  const read = async (signal: AbortSignal) => {
    signals.push(signal);
    if (signals.length === 1) throw error;
  };
  return { signals, delays, ...createReadLoop({ read, nextReadInMs: () => 20_000, onFailure }) };
}

describe('a read loop', () => {
  it('aborts the remaining requests of a failed read, and retries with a new signal', async () => {
    const { signals } = startLoop();
    await vi.advanceTimersByTimeAsync(0);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('retries when the gateway asks it to, unless its own delay is longer', async () => {
    const askedFor = (retryAfterMs: number) =>
      startLoop({ error: new QueryError('failed', 'Too many requests.', { retryAfterMs }) });
    const { signals, delays } = askedFor(45_000);
    await vi.advanceTimersByTimeAsync(44_999);
    expect([delays, signals.length]).toEqual([[45_000], 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(signals).toHaveLength(2);
    const short = askedFor(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(short.signals).toHaveLength(1);
  });

  it('reads at intervals after a success', async () => {
    const { signals } = startLoop();
    await vi.advanceTimersByTimeAsync(10_000 + 2 * 20_000);
    expect(signals.length).toBeGreaterThanOrEqual(3);
  });

  it('waits for `readNow` if the time to the next read is infinite, even if the call comes at the end of a read', async () => {
    let reads = 0;
    const loop = createReadLoop({
      async read() {
        await Promise.resolve();
        reads += 1;
        if (reads === 2) loop.readNow();
      },
      nextReadInMs: () => Number.POSITIVE_INFINITY,
      onFailure: () => true,
    });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(reads).toBe(1);
    loop.readNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(reads).toBe(3);
  });

  it('waits for `readNow` after a failure that must not be retried', async () => {
    const loop = startLoop({ retries: false });
    const { signals } = loop;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(signals).toHaveLength(1);
    loop.readNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(signals).toHaveLength(2);
  });
});
