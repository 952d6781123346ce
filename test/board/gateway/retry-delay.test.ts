import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../src/board/gateway/retry-delay.ts';

describe('the retry delay', () => {
  it('doubles with each failure from 1 second up to 30 seconds, and can be up to a quarter shorter', () => {
    expect([1, 2, 3, 6, 100].map((failures) => retryDelayMs(failures, 0))).toEqual([1000, 2000, 4000, 30_000, 30_000]);
    expect(retryDelayMs(1, 1)).toBe(750);
  });
});
