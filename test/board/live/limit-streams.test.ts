import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitStreams } from '../../../src/board/live/limit-streams.ts';
import type { StreamPosition } from '../../../src/board/live/subscribe.ts';
import { openFakeBrowser } from '../../support/fake-tabs.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Advances the fake timers until the fake browser has granted locks. */
const settle = () => vi.advanceTimersByTimeAsync(20);

/** Advances the fake timers until a subscription that gets no stream is reported as closed. */
const untilReported = () => vi.advanceTimersByTimeAsync(1100);

/**
 * Returns a function that opens a tab and subscribes in it, and records whether the subscriptions open and close. Each subscription uses a
 * different pod size, which identifies it.
 */
function openTabs(browser: { readonly openTab: () => { readonly locks: LockManager } } = openFakeBrowser()) {
  const open = new Set<number>();
  const closed: number[] = [];
  const positions = new Map<number, StreamPosition | undefined>();
  return {
    /** Pod sizes of the open streams. */
    open,
    /** Pod sizes of the subscriptions that were reported as closed. */
    closed,
    /** The position with which each stream was opened, by pod size. The stream continues after the event that the position names. */
    positions,
    subscribe: (gpuCount: number, position?: StreamPosition) => {
      const limited = limitStreams((count, _listener, from) => {
        open.add(count);
        positions.set(count, from);
        return () => void open.delete(count);
      }, browser.openTab().locks);
      const listener = { onOpen() {}, onChange() {}, onClosed: () => closed.push(gpuCount), onMissed() {} };
      return limited(gpuCount, listener, position);
    },
  };
}

/** Opens three tabs, each with a stream of its own. */
async function openThree() {
  const tabs = openTabs();
  const stops = [1, 2, 3].map((gpuCount) => tabs.subscribe(gpuCount));
  await settle();
  return { ...tabs, stopFirst: () => stops[0]?.() };
}

describe('the streams of a browser', () => {
  it('can be three at the same time', async () => {
    const { open, closed } = await openThree();
    await untilReported();
    expect([...open]).toEqual([1, 2, 3]);
    expect(closed).toEqual([]);
  });

  it('are at most three: a fourth subscription is reported as closed', async () => {
    const { open, closed, subscribe } = await openThree();
    subscribe(4);
    await untilReported();
    expect([...open]).toEqual([1, 2, 3]);
    expect(closed).toEqual([4]);
  });

  it('are opened for a waiting subscription when another stream ends, at a position that makes them report missed changes', async () => {
    const { open, positions, subscribe, stopFirst } = await openThree();
    subscribe(4);
    await untilReported();
    stopFirst();
    await settle();
    expect([...open]).toEqual([2, 3, 4]);
    expect(positions.get(4)).toEqual({ lastEventId: null });
  });

  it('continue after the given event, even if the subscription had to wait for a slot', async () => {
    const { positions, subscribe, stopFirst } = await openThree();
    subscribe(4, { lastEventId: 'e7' });
    await untilReported();
    stopFirst();
    await settle();
    expect(positions.get(4)).toEqual({ lastEventId: 'e7' });
  });

  it('are not opened for a subscription that has ended while it waited', async () => {
    const { open, closed, subscribe, stopFirst } = await openThree();
    const stopFourth = subscribe(4);
    subscribe(5);
    await settle();
    stopFourth();
    stopFirst();
    await untilReported();
    expect([...open]).toEqual([2, 3, 5]);
    expect(closed).toEqual([]);
  });

  it('are not limited when the browser refuses locks', async () => {
    const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) } as unknown as LockManager;
    const { open, subscribe } = openTabs({ openTab: () => ({ locks }) });
    for (const gpuCount of [1, 2, 3, 4]) subscribe(gpuCount);
    await settle();
    expect([...open]).toEqual([1, 2, 3, 4]);
  });
});
