import { describe, expect, it } from 'vitest';
import type { Sink } from '../src/http/response-memory/sink.ts';
import { type CutReason, createUnreadBytes } from '../src/http/response-memory/unread-bytes.ts';

/**
 * Creates a counter of unread bytes with limits of 100 bytes for one client and 250 bytes for all clients. The connections and the clock
 * are simulated.
 */
function createCount() {
  let nowMs = 0;
  const cuts: string[] = [];
  const reasons: CutReason[] = [];
  const unread = createUnreadBytes({
    maxBytes: 250,
    maxBytesPerClient: 100,
    now: () => nowMs,
    onCut: (reason) => void reasons.push(reason),
  });
  function open(name: string, client: string) {
    const state = { bytes: 0, taken: 0 };
    const sink: Sink = {
      client,
      unread: () => state.bytes,
      taken: () => state.taken,
      cut: () => void cuts.push(name),
    };
    return {
      sink,
      write(bytes: number) {
        state.bytes += bytes;
        unread.count(sink);
      },
      read(bytes: number) {
        state.bytes -= bytes;
        state.taken += bytes;
      },
    };
  }
  return { unread, open, cuts, reasons, pass: (ms: number) => (nowMs += ms) };
}

describe('the count of unread bytes', () => {
  it('reports the unread bytes of each client and of all clients', () => {
    const { unread, open, cuts } = createCount();
    open('a1', 'a').write(40);
    open('a2', 'a').write(50);
    open('b1', 'b').write(30);
    expect([unread.of('a'), unread.of('b'), unread.total(), cuts]).toEqual([90, 30, 120, []]);
  });

  it('cuts one connection of a client that exceeds its limit: the one with the most unread bytes', () => {
    const { unread, open, cuts, reasons } = createCount();
    open('a1', 'a').write(40);
    open('b1', 'b').write(60);
    open('a2', 'a').write(70);
    expect([cuts, reasons, unread.of('a')]).toEqual([['a2'], ['client'], 40]);
  });

  it('cuts a stalled connection rather than a slow one if all clients together exceed the limit', () => {
    const { open, cuts, reasons, pass } = createCount();
    const slow = open('slow', 'a');
    slow.write(99);
    open('stalled', 'b').write(70);
    pass(2500);
    slow.read(99);
    slow.write(99);
    open('new', 'c').write(60);
    open('newer', 'd').write(50);
    expect([cuts, reasons]).toEqual([['stalled'], ['all']]);
  });

  it('cuts a new connection rather than a connection that its client is reading', () => {
    const { open, cuts } = createCount();
    const slow = open('slow', 'a');
    slow.write(99);
    slow.read(1);
    open('new', 'b').write(90);
    open('newer', 'c').write(80);
    expect(cuts).toEqual(['new']);
  });

  it('does not include bytes that the client has read', () => {
    const { unread, open, cuts, pass } = createCount();
    const reader = open('a1', 'a');
    reader.write(90);
    reader.read(90);
    pass(1000);
    expect(unread.total()).toBe(0);
    unread.forget(reader.sink);
    expect(unread.isEmpty()).toBe(true);
    reader.write(90);
    expect(cuts).toEqual([]);
  });

  it('cuts only stalled connections to make room for another response', () => {
    const { unread, open, cuts, pass } = createCount();
    const slow = open('slow', 'a');
    slow.write(50);
    open('small', 'b').write(10);
    open('large', 'b').write(80);
    unread.cutStalled(20);
    expect(cuts).toEqual([]);
    pass(3000);
    slow.read(50);
    slow.write(50);
    unread.cutStalled(20);
    expect(cuts).toEqual(['large']);
  });
});
