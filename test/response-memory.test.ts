import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SMALL_BYTES } from '../src/http/response-memory/memory-budget.ts';
import { createResponseMemory } from '../src/http/response-memory/response-memory.ts';
import { createUnreadBytes } from '../src/http/response-memory/unread-bytes.ts';

const MB = 1_000_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Creates a limiter of the memory for responses. The limits are 10 MB in all, 4 MB for one client, and 2 MB for one response. */
function createMemory() {
  let isOverloaded = false;
  const refused: string[] = [];
  const cuts: string[] = [];
  const [maxBytes, maxBytesPerClient] = [10 * MB, 4 * MB];
  const now = () => performance.now();
  const unread = createUnreadBytes({ maxBytes, maxBytesPerClient, now, onCut: (reason) => void cuts.push(reason) });
  const memory = createResponseMemory({
    unread,
    maxBytes,
    maxBytesPerClient,
    maxAnswerBytes: 2 * MB,
    isOverloaded: () => isOverloaded,
    now,
    onRefused: (shortage) => void refused.push(shortage),
  });
  /** Adds a response with `bytes` unread bytes. The client reads only when the test calls `read`. */
  function leaveUnread(client: string, bytes: number) {
    const state = { bytes, taken: 0 };
    const sink = { client, unread: () => state.bytes, taken: () => state.taken, cut: () => {} };
    unread.count(sink);
    return {
      read(count: number) {
        state.bytes -= count;
        state.taken += count;
      },
      close: () => unread.forget(sink),
    };
  }
  return {
    memory,
    open: (client: string) =>
      memory.openPermit(
        () => client,
        () => void cuts.push(client),
      ),
    leaveUnread,
    refused,
    cuts,
    overload: (is: boolean) => (isOverloaded = is),
  };
}

const nextTurn = () => vi.advanceTimersByTimeAsync(1);

describe('permits of large operations', () => {
  it('are held by at most two operations, and are given to the waiting operations in order', async () => {
    const { open, memory } = createMemory();
    const [first, second, third, fourth] = [open('a'), open('b'), open('c'), open('d')];
    expect([first.obtain(), second.obtain()]).toEqual([null, null]);
    const order: string[] = [];
    const waiting = [
      third.obtain()?.then(() => order.push('third')),
      fourth.obtain()?.then(() => order.push('fourth')),
    ];
    await vi.advanceTimersByTimeAsync(500);
    expect([order, memory.held(), memory.waiting()]).toEqual([[], 2, 2]);
    first.written();
    const newcomer = open('e').obtain();
    await nextTurn();
    expect([order, newcomer]).toEqual([['third'], expect.any(Promise)]);
    second.written();
    await nextTurn();
    await Promise.all(waiting.map(async (one) => one));
    expect([order, memory.held(), memory.waiting()]).toEqual([['third', 'fourth'], 2, 1]);
  });

  it('are given to other clients while one client has too many unread bytes', async () => {
    const { open, leaveUnread } = createMemory();
    leaveUnread('a', 3 * MB);
    const blocked = open('a');
    void blocked.obtain();
    const other = open('b');
    void other.obtain();
    await nextTurn();
    expect([other.isHeld(), blocked.isHeld()]).toEqual([true, false]);
  });

  it('are released when a part of the response is written, unless work is still in progress', () => {
    const { open, memory } = createMemory();
    const permit = open('a');
    void permit.obtain();
    permit.beginWork();
    permit.written();
    expect(memory.held()).toBe(1);
    permit.endWork();
    permit.written();
    expect(memory.held()).toBe(0);
  });

  it('are released when the request ends, but not before its work has ended', () => {
    const { open, memory } = createMemory();
    const permit = open('a');
    void permit.obtain();
    permit.beginWork();
    permit.close();
    expect(memory.held()).toBe(1);
    permit.endWork();
    expect(memory.held()).toBe(0);
  });

  it('are not given to an operation whose request has ended', async () => {
    const { open, memory } = createMemory();
    const [first, second, third] = [open('a'), open('b'), open('c')];
    void first.obtain();
    void second.obtain();
    const waiting = third.obtain();
    third.close();
    await waiting;
    first.written();
    await nextTurn();
    void third.obtain();
    expect([third.isHeld(), memory.held(), memory.waiting()]).toEqual([false, 1, 0]);
    // No response waits for memory, so no timer must be left.
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are refused after a wait of 15 s, and from then on refused to the same operation at once', async () => {
    const { open, leaveUnread, refused } = createMemory();
    const slow = leaveUnread('a', 4 * MB);
    const permit = open('a');
    const waiting = permit.obtain();
    for (let second = 0; second < 16; second += 1) {
      slow.read(60_000);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect([await waiting, await permit.obtain(), refused]).toEqual(['client', 'client', ['client']]);
  });

  it('are taken from an operation that does no work for seconds while other operations wait', async () => {
    const { open } = createMemory();
    const [idle, other, waiting] = [open('a'), open('b'), open('c')];
    void idle.obtain();
    void other.obtain();
    other.beginWork();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(idle.refusal()).toBeNull();
    const overdue: string[] = [];
    idle.onOverdue((shortage) => overdue.push(shortage));
    const asked = waiting.obtain();
    await vi.advanceTimersByTimeAsync(200);
    expect([overdue, idle.refusal(), other.refusal()]).toEqual([['room'], 'room', null]);
    idle.written();
    await nextTurn();
    expect(await asked).toBeNull();
  });

  it('are taken from a subscription, and its connection is cut, if the client does not read the parts of an event', async () => {
    const { open, cuts } = createMemory();
    const [idle, other] = [open('a'), open('b')];
    idle.written();
    void idle.obtain();
    void other.obtain();
    other.beginWork();
    void open('c').obtain();
    await vi.advanceTimersByTimeAsync(3200);
    expect(new Set(cuts)).toEqual(new Set(['a']));
  });

  it('have a queue of at most 100 operations, of which at most 50 are of one client', async () => {
    const { open, leaveUnread } = createMemory();
    leaveUnread('a', 4 * MB);
    for (let asked = 0; asked < 50; asked += 1) void open('a').obtain();
    expect(await open('a').obtain()).toBe('client');
    const busy = [open('b'), open('c')];
    for (const permit of busy) {
      void permit.obtain();
      permit.beginWork();
    }
    await nextTurn();
    for (let asked = 0; asked < 50; asked += 1) void open(`d${asked}`).obtain();
    expect(await open('e').obtain()).toBe('room');
  });

  it('are refused during an overload', async () => {
    const { open, memory, overload, refused } = createMemory();
    overload(true);
    expect([await open('a').obtain(), refused, memory.mayMakeLarge()]).toEqual(['time', ['time'], false]);
    overload(false);
    expect(open('a').obtain()).toBeNull();
  });
});

describe('slow readers', () => {
  it.each([
    ['nothing', 0],
    ['1 kB a second', 1000],
  ])(
    'have their connections cut to make room for a waiting large operation if they read %s',
    async (_what, bytesPerSecond) => {
      const { open, leaveUnread, cuts } = createMemory();
      const slow = ['a', 'b', 'c'].map((client) => leaveUnread(client, 3 * MB));
      const waiting = open('victim').obtain();
      for (let second = 0; second < 5; second += 1) {
        for (const one of slow) one.read(bytesPerSecond);
        await vi.advanceTimersByTimeAsync(1000);
      }
      expect([await waiting, cuts]).toEqual([null, ['all']]);
    },
  );

  it('keep their connections if they read 60 kB a second', async () => {
    const { open, leaveUnread, cuts } = createMemory();
    const slow = ['a', 'b', 'c'].map((client) => leaveUnread(client, 3 * MB));
    void open('victim').obtain();
    for (let tenth = 0; tenth < 100; tenth += 1) {
      for (const one of slow) one.read(6000);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(cuts).toEqual([]);
  });
});

it('the size of a response without a permit is limited by the unread bytes and by the permits of other operations', () => {
  const { open, memory, leaveUnread } = createMemory();
  expect(memory.maxBytesFor(() => 'a')).toBe(Number.POSITIVE_INFINITY);
  leaveUnread('a', 3.9 * MB);
  void open('b').obtain();
  expect(['a', 'b', 'c'].map((client) => memory.maxBytesFor(() => client))).toEqual([SMALL_BYTES, 2 * MB, 4 * MB]);
});
