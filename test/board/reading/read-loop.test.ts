import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReadLoop } from '../../../src/board/reading/read-loop.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Starts a loop whose first read fails. `retries` is the result of its `onFailure`. */
function startLoop({ retries = true } = {}) {
  const signals: AbortSignal[] = [];
  const read = async (signal: AbortSignal) => {
    signals.push(signal);
    if (signals.length === 1) throw new Error('no response');
  };
  return { signals, ...createReadLoop({ read, nextReadInMs: () => 20_000, onFailure: () => retries }) };
}

describe('a read loop', () => {
  it('aborts the remaining requests of a failed read, and retries with a new signal', async () => {
    const { signals } = startLoop();
    await vi.advanceTimersByTimeAsync(0);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
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
