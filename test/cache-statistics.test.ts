import { describe, expect, it } from 'vitest';
import { createCacheStatistics } from '../src/cache/cache-statistics.ts';
import { cellOf, observationOf } from './support/cells.ts';

const FORGET_AFTER_MS = 1_000_000;
const IN_DEMAND_MS = 300_000;
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

const NOTHING = { fresh: 0, stale: 0, failed: 0, idle: 0, oldestAskedAt: Number.POSITIVE_INFINITY };

describe('cache statistics', () => {
  it('count the cells by the state in which they are served now, and report when the oldest answer was requested', () => {
    const statistics = open();
    expect(statistics.count()).toEqual(NOTHING);
    statistics.passTo(100);
    statistics.load('one');
    statistics.wanted('one');
    statistics.passTo(200);
    statistics.load('two');
    statistics.wanted('two');
    expect(statistics.count()).toEqual({ fresh: 2, stale: 2, failed: 2, idle: 0, oldestAskedAt: 100 });
  });

  it('count stale and failed cells as idle unless they were requested in the last five minutes', () => {
    const statistics = open();
    statistics.load('one');
    statistics.failed('never loaded', 10);
    expect(statistics.count()).toMatchObject({ fresh: 1, stale: 0, failed: 0, idle: 12 });
    statistics.wanted('one');
    statistics.wanted('never loaded');
    statistics.passTo(IN_DEMAND_MS - 1);
    expect(statistics.count()).toMatchObject({ fresh: 1, stale: 1, failed: 11, idle: 0 });
    statistics.passTo(IN_DEMAND_MS);
    expect(statistics.count()).toMatchObject({ fresh: 1, stale: 0, failed: 0, idle: 12 });
  });

  it('count the stale and failed cells of an observation as idle if it was not requested after it was last loaded', () => {
    const statistics = open();
    statistics.load('one');
    statistics.wanted('one');
    statistics.load('one');
    expect(statistics.count()).toMatchObject({ stale: 0, failed: 0, idle: 2 });
  });

  it('keep an observation in demand when a load of it fails', () => {
    const statistics = open();
    statistics.load('one');
    statistics.wanted('one');
    statistics.failed('one', 3);
    expect(statistics.count()).toMatchObject({ fresh: 1, stale: 1, failed: 1, idle: 0 });
  });

  it('list only the cells that are fresh', () => {
    const statistics = open();
    statistics.load('one');
    statistics.failed('never loaded', 10);
    const ids = () => statistics.current().map(({ cells }) => cells.map(({ dataCenterId }) => dataCenterId));
    expect(ids()).toEqual([['A']]);
    statistics.wanted('one');
    expect(ids()).toEqual([['A']]);
  });

  it('count the cells of a failed observation as failed only if the observation was never loaded', () => {
    const statistics = open();
    statistics.load('loaded');
    statistics.failed('loaded', 20);
    statistics.failed('never loaded', 10);
    for (const key of ['loaded', 'never loaded']) statistics.wanted(key);
    expect(statistics.count()).toMatchObject({ fresh: 1, stale: 1, failed: 11 });
  });

  it('forget an observation that was not loaded again in time', () => {
    const statistics = open();
    statistics.load('again');
    statistics.load('once');
    statistics.failed('failed', 10);
    statistics.passTo(FORGET_AFTER_MS - 1);
    statistics.load('again');
    for (const key of ['again', 'once', 'failed']) statistics.wanted(key);
    expect(statistics.count()).toMatchObject({ fresh: 2, failed: 12 });
    statistics.passTo(FORGET_AFTER_MS);
    expect(statistics.count()).toMatchObject({ fresh: 1, failed: 1, oldestAskedAt: FORGET_AFTER_MS - 1 });
    statistics.passTo(2 * FORGET_AFTER_MS);
    expect(statistics.count().fresh).toBe(0);
  });
});
