import { beforeEach, describe, expect, it } from 'vitest';
import { type RunningTry, SupplementTries, type Supplied } from '../src/cache/supplement-tries.ts';

const FRESH_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('the requests for supplements', () => {
  let now: number;
  let tries: SupplementTries;
  beforeEach(() => {
    now = 0;
    tries = new SupplementTries(FRESH_MS, () => now);
  });

  function begin(key: string): RunningTry {
    const begun = tries.begin(key);
    if (begun === null) throw new Error(`a request for ${key} is not allowed`);
    return begun;
  }

  /** Begins and ends a request for a supplement. Its result is `supplied`. */
  const request = (key: string, supplied: Supplied) => tries.end(begin(key), supplied);

  it('are due again after five times the time for which an observation is fresh, each key on its own', () => {
    request('a', 'something');
    now = 1000;
    request('b', 'something');
    now = tries.periodMs - 1;
    expect([tries.periodMs, tries.isDue('a')]).toEqual([5 * FRESH_MS, false]);
    now = tries.periodMs;
    expect([tries.isDue('a'), tries.isDue('b'), tries.isDue('c')]).toEqual([true, false, true]);
  });

  it('are due at once if the first one was postponed', () => {
    tries.forget(begin('a'));
    expect([tries.isDue('a'), tries.lastAt('a')]).toEqual([true, Number.NEGATIVE_INFINITY]);
  });

  it('keep their schedule if one was postponed', () => {
    request('a', 'something');
    now = tries.periodMs;
    tries.forget(begin('a'));
    expect([tries.isDue('a'), tries.lastAt('a')]).toEqual([true, 0]);
  });

  it('are still probes after a probe was postponed', () => {
    request('a', 'nothing');
    now = HOUR_MS;
    const postponed = begin('a');
    expect(postponed.isProbe).toBe(true);
    tries.forget(postponed);
    expect(begin('a').isProbe).toBe(true);
  });

  it('are at most three probes an hour while supplements contain nothing', () => {
    request('a', 'nothing');
    now = HOUR_MS;
    for (let probe = 0; probe < 3; probe += 1) request('a', 'nothing');
    expect([tries.isDue('a'), tries.begin('a')]).toEqual([false, null]);
    now += HOUR_MS;
    expect(tries.isDue('a')).toBe(true);
  });

  it('are due as usual again when the supplement of another key contains something', () => {
    request('a', 'nothing');
    now = 1000;
    request('b', 'something');
    expect(tries.isDue('a')).toBe(false);
    now = tries.periodMs;
    expect([tries.isDue('a'), begin('a').isProbe]).toEqual([true, false]);
  });
});
