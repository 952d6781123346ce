import { expect, it } from 'vitest';
import { askedNow, askedOf, toMonotonic } from '../src/domain/clock.ts';

/** The clocks of a process at noon, 10 s after it started. */
const NOON = { now: () => 10_000, wallNow: () => Date.parse('2025-11-14T12:00:00.000Z') };

it.each([
  ['2025-11-14T12:00:00.000Z', 10_000],
  ['2025-11-14T11:59:58.000Z', 8000],
  ['2025-11-14T11:00:00.000Z', 10_000 - 3_600_000],
])('an answer of %s from another process has the same age on the monotonic clock', (observedAt, askedAt) => {
  expect(toMonotonic(observedAt, NOON)).toBe(askedAt);
});

it('an answer from the future counts as new if the other clock may be ahead, and has no known age otherwise', () => {
  expect(toMonotonic('2025-11-14T12:00:02.000Z', NOON)).toBe(10_000);
  expect(toMonotonic('2025-11-14T12:00:05.000Z', NOON)).toBe(10_000);
  expect(toMonotonic('2025-11-14T12:00:05.001Z', NOON)).toBeNull();
});

it('the time of a request is taken from both the monotonic clock and the wall clock', () => {
  const asked = { askedAt: 10_000, observedAt: '2025-11-14T12:00:00.000Z' };
  expect(askedNow(NOON)).toEqual(asked);
  const cell = { ...asked, stale: false };
  expect(askedOf(cell)).toStrictEqual(asked);
});
