import { describe, expect, it } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import { createWanted } from '../src/live/refresh-demand.ts';
import { createBudgetedClient } from '../src/upstream/request/client-budget.ts';
import { gpuTypeOf } from './support/runpod-catalog.ts';

const MINUTE_MS = 60_000;
const KEY = { gpuType: gpuTypeOf({ id: 'L4' }), gpuCount: 1 };

const newClient = () => createBudgetedClient({ perMinute: 100, now: () => 0, onRefused() {} });

function open() {
  let nowMs = 0;
  const wanted = createWanted(
    () => [],
    () => nowMs,
  );
  return {
    ...wanted,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('a question that is refreshed because clients asked it', () => {
  it('is charged to the client that keeps asking, and not for hours to one that asked once', () => {
    const wanted = open();
    const [once, often] = [newClient(), newClient()];
    wanted.asked(KEY, [once]);
    for (let second = 0; second < 3600; second += 10) {
      wanted.pass(10_000);
      if (!wanted.askedFromMemory(KEY)) wanted.asked(KEY, [often]);
      if (second > 60) expect(wanted.payersOf(KEY, false)).toEqual([often]);
    }
  });

  it('is answered from memory for a minute after a client was identified', () => {
    const wanted = open();
    wanted.asked(KEY, [newClient()]);
    wanted.pass(MINUTE_MS - 1);
    expect(wanted.askedFromMemory(KEY)).toBe(true);
    wanted.pass(1);
    expect(wanted.askedFromMemory(KEY)).toBe(false);
  });

  it('is refreshed until a quarter of an hour after it was last answered from memory', () => {
    const wanted = open();
    wanted.asked(KEY, [newClient()]);
    wanted.pass(MINUTE_MS - 1);
    wanted.askedFromMemory(KEY);
    wanted.pass(15 * MINUTE_MS - 1);
    expect(wanted.isNone()).toBe(false);
    wanted.pass(1);
    expect(wanted.isNone()).toBe(true);
  });

  it('is not refreshed if memory answered it before any client was identified', () => {
    const wanted = open();
    expect(wanted.askedFromMemory(KEY)).toBe(true);
    expect(wanted.isNone()).toBe(true);
    expect(wanted.payersOf(KEY, true)).toEqual([GATEWAY]);
  });
});
