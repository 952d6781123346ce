import { describe, expect, it } from 'vitest';
import { createCacheStatistics } from '../src/cache/cache-statistics.ts';
import { cellOf, observationOf } from './support/cells.ts';

const FORGET_AFTER_MS = 1000;
const FAILED = { dataCenterId: 'C', failure: { code: 'TIMEOUT', message: 'late' } } as const;

function open() {
  let nowMs = 0;
  const statistics = createCacheStatistics(FORGET_AFTER_MS, () => nowMs);
  return {
    ...statistics,
    load: (key: string) => {
      const askedAt = nowMs;
      statistics.loaded(key, () =>
        observationOf(key, askedAt, [cellOf('A', askedAt), cellOf('B', askedAt, { stale: true }), FAILED]),
      );
    },
    passTo: (ms: number) => {
      nowMs = ms;
    },
  };
}

describe('cache statistics', () => {
  it('count the cells by the state in which they are served now, and report when the oldest answer was requested', () => {
    const statistics = open();
    expect(statistics.count()).toEqual({ fresh: 0, stale: 0, failed: 0, oldestAskedAt: Number.POSITIVE_INFINITY });
    statistics.passTo(100);
    statistics.load('one');
    statistics.passTo(200);
    statistics.load('two');
    expect(statistics.count()).toEqual({ fresh: 2, stale: 2, failed: 2, oldestAskedAt: 100 });
  });

  it('count the cells of a failed observation as failed only if the observation was never loaded', () => {
    const statistics = open();
    statistics.load('loaded');
    statistics.failed('loaded', 20);
    statistics.failed('never loaded', 10);
    expect(statistics.count()).toMatchObject({ fresh: 1, stale: 1, failed: 11 });
  });

  it('forget an observation that was not loaded again in time', () => {
    const statistics = open();
    statistics.load('again');
    statistics.load('once');
    statistics.failed('failed', 10);
    statistics.passTo(FORGET_AFTER_MS - 1);
    statistics.load('again');
    expect(statistics.count()).toMatchObject({ fresh: 2, failed: 12 });
    statistics.passTo(FORGET_AFTER_MS);
    expect(statistics.count()).toMatchObject({ fresh: 1, failed: 1, oldestAskedAt: FORGET_AFTER_MS - 1 });
    statistics.passTo(2 * FORGET_AFTER_MS);
    expect(statistics.count().fresh).toBe(0);
  });
});
