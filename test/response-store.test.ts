import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { FinishedResponse } from '../src/fast-path/finished-response.ts';
import { ResponseStore } from '../src/fast-path/response-store.ts';
import { heapInUse } from './support/heap.ts';

afterEach(() => void vi.useRealTimers());

const keyOf = (text: string) => ({ text, headers: '', body: text });

function createStore() {
  const state = { now: 1, version: 0, isCurrent: true, checks: 0 };
  const store = new ResponseStore({
    now: () => state.now,
    version: () => state.version,
    areCurrent() {
      state.checks += 1;
      return state.isCurrent;
    },
  });
  const add = (text: string, { bytes = 10, freshUntil = Number.POSITIVE_INFINITY } = {}) => {
    const sources = { lists: new Set<readonly unknown[]>(), observations: new Map() };
    const made = { body: Buffer.alloc(bytes), lines: [], tag: null, lastModified: null, details: {} };
    store.add(keyOf(text), new FinishedResponse({ ...made, freshUntil, sources }));
    return new WeakRef(sources);
  };
  return { state, add, has: (text: string) => store.find(keyOf(text)) !== undefined };
}

it('a response store checks the sources of a response only after the version of the data has changed', () => {
  const { state, add, has } = createStore();
  add('a');
  const before = state.checks;
  expect([has('a'), has('a')]).toEqual([true, true]);
  expect(state.checks).toBe(before);
  state.version += 1;
  expect([has('a'), has('a')]).toEqual([true, true]);
  expect(state.checks).toBe(before + 1);
});

it('a response store drops a response when one of its sources has been replaced', () => {
  const { state, add, has } = createStore();
  add('a');
  Object.assign(state, { version: 1, isCurrent: false });
  expect(has('a')).toBe(false);
  state.isCurrent = true;
  expect(has('a')).toBe(false);
});

it('a response store does not store a response whose sources were replaced while the response was produced', () => {
  const { state, add, has } = createStore();
  state.isCurrent = false;
  add('a');
  state.isCurrent = true;
  expect(has('a')).toBe(false);
});

it('a response store drops a response when it is no longer fresh, or at the latest when it is a minute old', () => {
  const { state, add, has } = createStore();
  add('fresh for a second', { freshUntil: 1000 });
  add('fresh forever');
  state.now = 999;
  expect([has('fresh for a second'), has('fresh forever')]).toEqual([true, true]);
  state.now = 1000;
  expect([has('fresh for a second'), has('fresh forever')]).toEqual([false, true]);
  state.now = 60_100;
  expect(has('fresh forever')).toBe(false);
});

it('a response store holds 20 MB, and first drops the response that was sent longest ago', () => {
  const { add, has } = createStore();
  // Each response counts as twice its size, because its compressed forms are stored too. So four of these responses fit, and five do not.
  for (const text of ['a', 'b', 'c', 'd']) add(text, { bytes: 2_400_000 });
  expect(has('a')).toBe(true);
  add('e', { bytes: 2_400_000 });
  expect(['a', 'b', 'c', 'd', 'e'].map(has)).toEqual([true, false, true, true, true]);
});

it('a response store does not keep the sources of a response in memory for longer than a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { state, add } = createStore();
  const sources = add('a');
  const isInMemory = async () => {
    // After `deref()` on a weak reference, the runtime keeps the object alive until the next turn of the event loop. So the test waits for
    // that turn before it collects garbage.
    await setImmediate();
    heapInUse();
    return sources.deref() !== undefined;
  };
  state.now += 59_000;
  vi.advanceTimersByTime(59_000);
  expect(await isInMemory()).toBe(true);
  state.now += 2000;
  vi.advanceTimersByTime(2000);
  expect(await isInMemory()).toBe(false);
});
