import { describe, expect, it, vi } from 'vitest';
import { UpstreamRateLimitedError } from '../src/domain/errors.ts';
import { exchange } from '../src/upstream/request/exchange.ts';
import { parseRetryAfter } from '../src/upstream/request/retry-after.ts';

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
  ])('of %j means a wait of %j ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });
});

describe('a Retry-After that is a date', () => {
  const refusedWith = async (headers: Record<string, string>) => {
    const send = async () => ({
      status: 429,
      headers: { get: (name: string) => headers[name] ?? null },
      text: async () => '',
      discard: async () => {},
    });
    const error: unknown = await exchange('op', send).catch((reason: unknown) => reason);
    return error instanceof UpstreamRateLimitedError ? error.retryAfterMs : error;
  };
  const RETRY_AT = 'Sun, 29 Nov 2026 12:00:30 GMT';

  it('is counted from the date header of the same response, whatever the clock of this machine shows', async () => {
    expect(await refusedWith({ 'retry-after': RETRY_AT, date: 'Sun, 29 Nov 2026 12:00:00 GMT' })).toBe(30_000);
  });

  it.each([{}, { date: 'soon' }])(
    'is counted from the clock of this machine when the response has no valid date',
    async (headers) => {
      vi.spyOn(Date, 'now').mockReturnValue(Date.parse(RETRY_AT) - 20_000);
      expect(await refusedWith({ 'retry-after': RETRY_AT, ...headers })).toBe(20_000);
      vi.restoreAllMocks();
    },
  );
});
