import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAnswerRoom, SMALL_BYTES } from '../src/transport/answer-room.ts';
import { createUnreadBytes } from '../src/transport/unread-bytes.ts';

const MB = 1_000_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Room for 10 MB, 4 MB of them for one client, and 2 MB for one answer. */
function createRoom() {
  let isOverloaded = false;
  const refused: string[] = [];
  const cuts: string[] = [];
  const [maxBytes, maxBytesPerClient] = [10 * MB, 4 * MB];
  const now = () => performance.now();
  const unread = createUnreadBytes({ maxBytes, maxBytesPerClient, now, onCut: (reason) => void cuts.push(reason) });
  const room = createAnswerRoom({
    unread,
    maxBytes,
    maxBytesPerClient,
    maxAnswerBytes: 2 * MB,
    isOverloaded: () => isOverloaded,
    now,
    onRefused: (shortage) => void refused.push(shortage),
  });
  /** An answer that its client does not read. */
  function leaveUnread(client: string, bytes: number) {
    const state = { bytes };
    const outlet = { client, unread: () => state.bytes, queued: () => state.bytes, cut: () => {} };
    unread.count(outlet);
    return { read: (count: number) => (state.bytes -= count), close: () => unread.forget(outlet) };
  }
  return {
    room,
    open: (client: string) => room.open(() => client),
    leaveUnread,
    refused,
    cuts,
    overload: (is: boolean) => (isOverloaded = is),
  };
}

describe('the room for answers', () => {
  it('is there for a client that has something unread within its limit', () => {
    const { open, leaveUnread } = createRoom();
    leaveUnread('a', 2 * MB);
    expect(open('a').reserve(1.5 * MB)).toBeNull();
  });

  it('is not there for a client that has its limit unread, except for a small answer', () => {
    const { open, room, leaveUnread } = createRoom();
    leaveUnread('a', 3.5 * MB);
    expect(open('a').reserve(1 * MB)).toBe('client');
    expect(open('a').reserve(SMALL_BYTES)).toBeNull();
    expect(open('b').reserve(1 * MB)).toBeNull();
    expect([room.mostFor(() => 'a'), room.mostFor(() => 'b')]).toEqual([0.5 * MB, 3 * MB]);
  });

  it('is there for the largest answers two at a time', async () => {
    const { open } = createRoom();
    const [first, second, third] = [open('a'), open('b'), open('c')];
    expect([first.reserve(2 * MB), second.reserve(2 * MB), third.reserve(2 * MB)]).toEqual([null, null, 'room']);
    const waiting = third.waitForRoom();
    first.release();
    await vi.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe(true);
    expect(third.reserve(2 * MB)).toBeNull();
  });

  it('is refused to an answer that waits for 15 s', async () => {
    const { open, leaveUnread, refused } = createRoom();
    const slow = leaveUnread('a', 4 * MB);
    const answer = open('a');
    answer.reserve(1 * MB);
    const waiting = answer.waitForRoom();
    for (let second = 0; second < 16; second += 1) {
      slow.read(1000);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect([await waiting, refused]).toEqual([false, ['client']]);
  });

  it('is made by cutting what the client has not read for seconds', async () => {
    const { open, leaveUnread, cuts } = createRoom();
    leaveUnread('a', 4 * MB);
    const answer = open('a');
    answer.reserve(1 * MB);
    const waiting = answer.waitForRoom();
    await vi.advanceTimersByTimeAsync(2500);
    expect([await waiting, cuts]).toEqual([true, ['client']]);
  });

  it('is given up when the client of a waiting answer leaves', async () => {
    const { open, leaveUnread } = createRoom();
    leaveUnread('a', 4 * MB);
    const answer = open('a');
    answer.reserve(1 * MB);
    const waiting = answer.waitForRoom();
    answer.release();
    expect(await waiting).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stays free for others when an answer goes on after its request has ended', async () => {
    const { open, room } = createRoom();
    const answer = open('a');
    answer.reserve(2 * MB);
    answer.close();
    answer.reserve(2 * MB);
    answer.refuse('time');
    expect([await answer.waitForRoom(), room.mostFor(() => 'b')]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it('is for fifty waiting answers of one client at most', async () => {
    const { open, leaveUnread } = createRoom();
    leaveUnread('a', 4 * MB);
    const answers = Array.from({ length: 50 }, () => open('a'));
    for (const answer of answers) answer.reserve(1 * MB);
    for (const answer of answers) void answer.waitForRoom();
    const last = open('a');
    last.reserve(1 * MB);
    expect(await last.waitForRoom()).toBe(false);
  });

  it('is for small answers alone during an overload', async () => {
    const { open, room, overload, refused } = createRoom();
    overload(true);
    const answer = open('a');
    expect([answer.reserve(SMALL_BYTES), answer.reserve(1)]).toEqual([null, 'time']);
    expect([await answer.waitForRoom(), refused, room.mayMakeLarge()]).toEqual([false, ['time'], false]);
    overload(false);
    expect(open('a').reserve(1 * MB)).toBeNull();
  });
});
