import { describe, expect, it } from 'vitest';
import { ageOf, dayOf, shortDayOf } from '../../../src/board/format/age.ts';

const NOON = '2026-01-01T12:00:00.000Z';

describe('ages', () => {
  it.each([
    [-5, 'now'],
    [0.4, 'now'],
    [4, '4 s ago'],
    [60, '1 min ago'],
    [7199, '1 h ago'],
    [864_000, '10 d ago'],
  ])('of %d seconds are written as %j', (seconds, words) => {
    expect(ageOf(NOON, Date.parse(NOON) + seconds * 1000)).toBe(words);
  });

  it('can be replaced by the date and time of the observation in UTC', () => {
    expect(dayOf(NOON)).toBe('1 Jan 2026 at 12:00 UTC');
    expect(shortDayOf(NOON)).toBe('1 Jan 2026');
  });
});
