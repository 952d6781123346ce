import { describe, expect, it } from 'vitest';
import { createCacheControl } from '../src/http/cache-control.ts';

const NOW = 5000;

const createControl = (isPrivate = false) => createCacheControl({ now: () => NOW, longestMs: 60_000, isPrivate });

describe('Cache-Control', () => {
  it.each([
    [60_000, 60],
    [2999.9, 2],
    [2000, 2],
    [1999.9, 1],
    [1000, 1],
  ])('for a response that stays fresh for another %d ms, allows caching for %d s', (leftMs, seconds) => {
    expect(createControl()(NOW + leftMs)).toBe(`public, max-age=${seconds}, must-revalidate`);
  });

  it.each([999.9, 0, -5000, Number.NEGATIVE_INFINITY])(
    'forbids caching of a response that stays fresh for less than a second: %d ms left',
    (leftMs) => {
      expect(createControl()(NOW + leftMs)).toBe('no-store, max-age=0');
    },
  );

  it('limits how long caches store a response that stays fresh forever', () => {
    expect(createControl()(Number.POSITIVE_INFINITY)).toBe('public, max-age=60, must-revalidate');
  });

  it('lets only the cache of the client store a private response', () => {
    expect(createControl(true)(NOW + 7000)).toBe('private, max-age=7, s-maxage=0, must-revalidate');
  });

  it('contains the remaining seconds of each response, even if the previous response had a different number', () => {
    const control = createControl();
    const seconds = [9000, 3000, 3900, 9000].map((leftMs) => /max-age=(\d+)/.exec(control(NOW + leftMs))?.[1]);
    expect(seconds).toEqual(['9', '3', '3', '9']);
  });
});
