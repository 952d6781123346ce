import { describe, expect, it } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import { createRefreshDemand } from '../src/live/refresh-demand.ts';
import { createBudgetedClient } from '../src/upstream/request/client-budget.ts';
import { gpuTypeOf } from './support/list-rows.ts';

const MINUTE_MS = 60_000;
const KEY = { gpuType: gpuTypeOf({ id: 'L4' }), gpuCount: 1 };

const newClient = () => createBudgetedClient({ perMinute: 100, now: () => 0, onRefused() {} });

function open() {
  let nowMs = 0;
  const refreshDemand = createRefreshDemand(
    () => [],
    () => nowMs,
  );
  return {
    ...refreshDemand,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('an answer that is refreshed only while clients keep requesting it', () => {
  it('has its refreshes charged to the client that keeps requesting it, and soon no longer to one that requested it once', () => {
    const refreshDemand = open();
    const [once, often] = [newClient(), newClient()];
    refreshDemand.recordRequest(KEY, [once]);
    for (let second = 0; second < 3600; second += 10) {
      refreshDemand.pass(10_000);
      if (!refreshDemand.recordAnonymousRequest(KEY)) refreshDemand.recordRequest(KEY, [often]);
      if (second > 60) expect(refreshDemand.payersOf(KEY, false)).toEqual([often]);
    }
  });

  it('needs a request of an identified client only once a minute while it is served from memory', () => {
    const refreshDemand = open();
    refreshDemand.recordRequest(KEY, [newClient()]);
    refreshDemand.pass(MINUTE_MS - 1);
    expect(refreshDemand.recordAnonymousRequest(KEY)).toBe(true);
    refreshDemand.pass(1);
    expect(refreshDemand.recordAnonymousRequest(KEY)).toBe(false);
  });

  it('is refreshed until a quarter of an hour after it was last served from memory', () => {
    const refreshDemand = open();
    refreshDemand.recordRequest(KEY, [newClient()]);
    refreshDemand.pass(MINUTE_MS - 1);
    refreshDemand.recordAnonymousRequest(KEY);
    refreshDemand.pass(15 * MINUTE_MS - 1);
    expect(refreshDemand.isEmpty()).toBe(false);
    refreshDemand.pass(1);
    expect(refreshDemand.isEmpty()).toBe(true);
  });

  it('is not refreshed if no identified client has requested it, even if it was served from memory', () => {
    const refreshDemand = open();
    expect(refreshDemand.recordAnonymousRequest(KEY)).toBe(true);
    expect(refreshDemand.isEmpty()).toBe(true);
    expect(refreshDemand.payersOf(KEY, true)).toEqual([GATEWAY]);
  });
});
