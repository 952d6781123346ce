import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change, StreamListener, StreamPosition } from '../../../src/board/live/subscribe.ts';
import { TabMember } from '../../../src/board/live/tab-member.ts';
import { openFakeBrowser } from '../../support/fake-tabs.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Advances the fake timers until the fake browser has delivered messages and granted locks. */
const settle = () => vi.advanceTimersByTimeAsync(20);

/** Advances the fake timers until a follower has replaced a leader that does not answer. */
const untilReplaced = () => vi.advanceTimersByTimeAsync(9000);

const event = (id: string) => ({ id }) as Change;

/** Creates a group of tabs that share an event stream. It has no tabs yet. Records the streams that its tabs open. */
function openGroup() {
  const browser = openFakeBrowser();
  const streams: { readonly position: StreamPosition | undefined; readonly listener: StreamListener }[] = [];
  const openTab = () => {
    const tab = browser.openTab();
    const received: string[] = [];
    const member = new TabMember({
      name: 'group',
      ...tab,
      listener: {
        onOpen() {},
        onChange: ({ id }) => received.push(id),
        onClosed() {},
        onMissed: () => received.push('missed'),
      },
      open(listener, position) {
        streams.push({ position, listener });
        return () => {};
      },
    });
    member.onWake();
    return { ...tab, onWake: () => member.onWake(), onSleep: () => member.onSleep(), received };
  };
  return {
    streams,
    openTab,
    /** Sends an event through the latest stream. */
    send: (id: string) => streams.at(-1)?.listener.onChange(event(id)),
    /** Makes the latest stream report that events were missed. */
    miss: () => streams.at(-1)?.listener.onMissed(),
  };
}

/** Opens a group of two tabs, a leader and a follower. Both have received the event `e1`. */
async function openPair() {
  const group = openGroup();
  const leader = group.openTab();
  await settle();
  const follower = group.openTab();
  await settle();
  group.send('e1');
  await settle();
  return { ...group, leader, follower };
}

describe('a tab that shares a stream', () => {
  it('receives every event once while it is awake', async () => {
    const { leader, follower, send } = await openPair();
    send('e2');
    send('e3');
    await settle();
    for (const tab of [leader, follower]) expect(tab.received).toEqual(['e1', 'e2', 'e3']);
  });

  it('reports a gap in the stream once while it is awake', async () => {
    const { leader, follower, send, miss } = await openPair();
    miss();
    send('e5');
    await settle();
    for (const tab of [leader, follower]) expect(tab.received).toEqual(['e1', 'missed', 'e5']);
  });

  it('opens a new stream after sleep, and reports missed events if it had received no event before the sleep', async () => {
    const { openTab, streams } = openGroup();
    const tab = openTab();
    await settle();
    tab.onSleep();
    await settle();
    tab.onWake();
    await settle();
    expect(streams.map(({ position }) => position)).toEqual([undefined, { lastEventId: null }]);
    expect(tab.received).toEqual(['missed']);
  });

  it('reports no missed events if no event was sent while it slept', async () => {
    const { follower } = await openPair();
    follower.onSleep();
    await settle();
    follower.onWake();
    await settle();
    expect(follower.received).toEqual(['e1']);
  });
});

describe('a tab that wakes', () => {
  it('reports events missed during sleep, even if a new event arrives before the state of the leader', async () => {
    const { follower, send } = await openPair();
    follower.onSleep();
    send('e2');
    send('e3');
    await settle();
    follower.onWake();
    send('e4');
    await settle();
    expect(follower.received).toEqual(['e1', 'missed', 'e4']);
  });

  it('reports missed events when the first event was sent while it slept', async () => {
    const { openTab, send } = openGroup();
    openTab();
    await settle();
    const follower = openTab();
    await settle();
    follower.onSleep();
    send('e1');
    await settle();
    follower.onWake();
    await settle();
    expect(follower.received).toContain('missed');
  });

  it('reports a gap in the stream that occurred while it slept, even if no event follows the gap', async () => {
    const { follower, miss } = await openPair();
    follower.onSleep();
    miss();
    await settle();
    follower.onWake();
    await settle();
    expect(follower.received).toEqual(['e1', 'missed']);
  });
});

describe('a replaced leader', () => {
  it.each(['locks', 'messages'] as const)('reports missed events when its waiting %s arrive first', async (first) => {
    const { leader, streams, send } = await openPair();
    leader.hang();
    await untilReplaced();
    expect(streams.map(({ position }) => position)).toEqual([undefined, { lastEventId: 'e1' }]);
    send('e2');
    send('e3');
    await settle();
    leader.resume(first);
    await settle();
    expect(leader.received[0]).toBe('e1');
    expect(leader.received).toContain('missed');
    send('e4');
    await settle();
    expect(leader.received.at(-1)).toBe('e4');
  });

  it('reports missed events when its own stream had sent no event before it hung', async () => {
    const { openTab, send } = openGroup();
    const leader = openTab();
    await settle();
    openTab();
    await settle();
    leader.hang();
    await untilReplaced();
    send('e1');
    await settle();
    leader.resume('messages');
    await settle();
    expect(leader.received).toContain('missed');
  });
});

describe('a new tab', () => {
  it('does not rely on its first read when it has slept before any stream was opened', async () => {
    const { openTab, streams } = openGroup();
    const tab = openTab();
    tab.onSleep();
    await settle();
    tab.onWake();
    await settle();
    expect(streams.map(({ position }) => position)).toEqual([{ lastEventId: null }]);
  });

  it('does not rely on its first read when it replaces a leader that hangs', async () => {
    const { openTab, streams } = openGroup();
    const leader = openTab();
    await settle();
    leader.hang();
    openTab();
    await untilReplaced();
    expect(streams.map(({ position }) => position)).toEqual([undefined, { lastEventId: null }]);
  });

  it('does not rely on its first read when the leader sends its state late', async () => {
    const { leader, openTab } = await openPair();
    leader.hang();
    const late = openTab();
    await vi.advanceTimersByTimeAsync(3000);
    leader.resume('messages');
    await settle();
    expect(late.received).toEqual(['missed']);
  });
});
