import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../src/upstream/retry-after.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');

describe('a Retry-After header', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Tue, 24 Nov 2026 08:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 08:00:30 GMT', 30_000],
    ['Tue Nov 24 08:00:30 2026', 30_000],
    ['Tue, 24 Nov 2026 07:00:00 GMT', 0],
    [null, null],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['2026', 2_026_000],
    ['2026-11-24T08:00:30Z', null],
  ])('of %j asks to wait for %j ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });
});
