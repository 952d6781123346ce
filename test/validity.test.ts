import { describe, expect, it } from 'vitest';
import { createValidity } from '../src/loaders/validity.ts';

const FRESH_MS = 60_000;
const LISTS_FRESH_UNTIL = 500_000;

const COVERAGE = { complete: true, expected: 1, observed: 1, failed: 0, failures: [] };

/** Returns a report whose oldest and newest observations were requested at these times, in milliseconds. */
const reportOf = (oldestAskedAt: number, newestAskedAt: number) => ({
  coverage: COVERAGE,
  freshness: {
    observedAt: new Date(oldestAskedAt).toISOString(),
    newestObservedAt: new Date(newestAskedAt).toISOString(),
    oldestAskedAt,
    newestAskedAt,
    stale: false,
  },
});

describe('the validity of a response', () => {
  const early = reportOf(1000, 4000);
  const late = reportOf(2000, 9000);

  it.each([
    ['older first', [early, late]],
    ['newer first', [late, early]],
  ])(
    'ends when its oldest observation stops being fresh, and states the time of its newest one: reports with the %s',
    (_order, reports) => {
      const validity = createValidity(() => LISTS_FRESH_UNTIL);
      for (const report of reports) validity.readReport(report, FRESH_MS);
      expect(validity.sum()).toMatchObject({
        freshUntil: 1000 + FRESH_MS,
        newestObservedAt: new Date(9000).toISOString(),
      });
    },
  );

  it('ends with the lists if they stop being fresh first', () => {
    const validity = createValidity(() => 30_000);
    validity.readReport(early, FRESH_MS);
    validity.readList([]);
    expect(validity.sum()?.freshUntil).toBe(30_000);
  });

  it.each([
    ['is incomplete', { ...early, coverage: { ...COVERAGE, complete: false } }],
    ['is stale', { ...early, freshness: { ...early.freshness, stale: true } }],
  ])('is null if a report %s', (_what, report) => {
    const validity = createValidity(() => LISTS_FRESH_UNTIL);
    validity.readReport(late, FRESH_MS);
    validity.readReport(report, FRESH_MS);
    expect(validity.sum()).toBeNull();
  });

  it('is null if the response may change at any moment, until everything recorded so far is discarded', () => {
    const validity = createValidity(() => LISTS_FRESH_UNTIL);
    validity.readMoment();
    validity.readReport(early, FRESH_MS);
    expect(validity.sum()).toBeNull();
    validity.reset();
    validity.readReport(late, FRESH_MS);
    expect(validity.sum()).toMatchObject({ freshUntil: 2000 + FRESH_MS });
  });
});
