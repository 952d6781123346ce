import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPause } from '../src/upstream/request/pause.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Creates a pause. `ends` records when it ends, in milliseconds. */
function createTested(closing?: AbortSignal) {
  const began = performance.now();
  const ends: number[] = [];
  const pause = createPause(() => ends.push(performance.now() - began), closing);
  return { pause, ends };
}

describe('a pause', () => {
  it('ends once, after its time, and says how much of it is left', async () => {
    const { pause, ends } = createTested();
    expect(pause.leftMs()).toBe(0);
    expect(pause.start(1000)).toBe(true);
    await vi.advanceTimersByTimeAsync(400);
    expect([pause.leftMs(), ends]).toEqual([600, []]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([pause.leftMs(), ends]).toEqual([0, [1000]]);
  });

  it.each([
    [400, false, 500],
    [500, false, 500],
    [501, true, 501],
    [900, true, 900],
  ])(
    'of half a second that is followed by a pause of %i ms changes only if the second pause ends later: %j',
    async (ms, changes, end) => {
      const { pause, ends } = createTested();
      pause.start(500);
      expect([pause.start(ms), pause.leftMs()]).toEqual([changes, end]);
      await vi.advanceTimersByTimeAsync(5000);
      expect(ends).toEqual([end]);
    },
  );

  it('can start again after it has ended', async () => {
    const { pause, ends } = createTested();
    pause.start(500);
    await vi.advanceTimersByTimeAsync(500);
    expect(pause.start(100)).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(ends).toEqual([500, 600]);
  });

  it('neither ends nor starts after the queue is closed', async () => {
    const closing = new AbortController();
    const { pause, ends } = createTested(closing.signal);
    expect(pause.start(500)).toBe(true);
    closing.abort();
    expect(pause.start(1000)).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect([ends, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
