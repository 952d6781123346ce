import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamAnswerError, UpstreamUnauthorizedError, UpstreamUnreachableError } from '../src/domain/errors.ts';
import { always, createSource, down, failing, limited, passMs, silent, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('an attempt', () => {
  it('is repeated after a temporary failure, with growing delays, and occupies no slot during a delay', async () => {
    const source = createSource({ concurrency: 1 });
    const answer = source.ask('a', failing(down(), down()));
    const other = source.ask('b', taking(1));
    await vi.advanceTimersByTimeAsync(1);
    expect(await other).toBe('answer');
    expect(source.startsOf('a')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answer).toBe('answer');
    expect(source.outcomes).toEqual(['UNREACHABLE', 'COMPLETE', 'UNREACHABLE', 'COMPLETE']);
  });

  it('is repeated at most as often as the setting for retries allows', async () => {
    const source = createSource({ retries: 2 });
    const answer = source.ask('a', always(down));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await answer).toBe('UNREACHABLE');
    expect(source.startsOf('a')).toHaveLength(3);
  });

  it.each([
    ['BAD_RESPONSE', () => new UpstreamAnswerError('op', 'HTTP 400')],
    ['UNAUTHORIZED', () => new UpstreamUnauthorizedError('op', 401)],
    ['RATE_LIMITED', () => limited(11_000)],
    ['UNREACHABLE', () => new UpstreamUnreachableError('op', 'HTTP 503', { retryAfterMs: 11_000 })],
  ])('is not repeated after a failure that an early retry cannot fix: %s', async (code, error) => {
    const source = createSource();
    expect(await source.ask('a', always(error))).toBe(code);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(source.startsOf('a')).toHaveLength(1);
  });

  it('times out when no answer arrives in time, not counting the wait for a slot', async () => {
    const source = createSource({ concurrency: 1, timeoutMs: 1000, retries: 0 });
    const answers = [source.ask('a', taking(900)), source.ask('b', taking(900)), source.ask('c', silent)];
    await passMs(2799);
    expect(source.outcomes).toEqual(['COMPLETE', 'COMPLETE']);
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.all(answers)).toEqual(['answer', 'answer', 'TIMEOUT']);
  });

  it('is repeated no sooner than Retry-After allows', async () => {
    const source = createSource();
    const answers = [
      source.ask('a', failing(limited(1500), limited(4000))),
      source.ask('b', failing(new UpstreamUnreachableError('op', 'HTTP 503', { retryAfterMs: 9000 }))),
    ];
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
    const [first = 0, second = 0, third = 0] = source.startsOf('a');
    expect(second - first).toBeGreaterThanOrEqual(1500);
    expect(third - second).toBeGreaterThanOrEqual(4000);
    expect(source.startsOf('b')[1]).toBeGreaterThanOrEqual(9000);
  });
});

describe('a slot', () => {
  it('is given to the next request before the answer to the previous request is parsed', async () => {
    const source = createSource({ concurrency: 1 });
    const answers = [source.ask('a', async () => 'answer'), source.ask('b', async () => 'answer')];
    // This loop runs only promise callbacks. Answers are parsed in a later turn of the event loop, so no answer is parsed during this loop.
    for (let count = 0; count < 100; count += 1) await Promise.resolve();
    expect(source.startsOf('b')).toHaveLength(1);
    expect(source.outcomes).toEqual([]);
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
  });
});

describe('a 429', () => {
  it('pauses all requests, not only the refused one, and lets a single request start first after the pause', async () => {
    const source = createSource({ retries: 0 });
    await source.ask(
      'a',
      always(() => limited(1500)),
    );
    const answers = ['b', 'c', 'd', 'e'].map((name) => source.ask(name, taking(100)));
    await vi.advanceTimersByTimeAsync(1499);
    expect(source.started).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(source.requestQueue.running).toBe(1);
    await passMs(100);
    expect(source.requestQueue.running).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 4 }, () => 'answer'));
  });

  it('causes a probe of the whole source only if a second 429 follows without an answer in between', async () => {
    const source = createSource({ retries: 0 });
    for (const name of ['a', 'b']) {
      await source.ask(
        name,
        always(() => limited()),
      );
      const good = source.ask('good', taking(1));
      await vi.advanceTimersByTimeAsync(2000);
      expect(await good).toBe('answer');
    }
    expect(source.startsOf('probe')).toEqual([]);
  });

  it('for one GPU type delays requests for other GPU types by two seconds at most', async () => {
    const source = createSource({ retries: 0 });
    await source.ask(
      'a',
      always(() => limited(3_600_000)),
    );
    const other = source.ask('b', taking(1));
    await vi.advanceTimersByTimeAsync(2001);
    expect(await other).toBe('answer');
  });

  it('for the whole source rejects the waiting requests, and all requests are paused for as long as Retry-After requires', async () => {
    let refusing = true;
    const make = async () => {
      if (refusing) throw limited(30_000);
      return 'answer';
    };
    const source = createSource({ retries: 0, probe: make });
    const answers = Array.from({ length: 10 }, (_, index) => source.ask(String(index), make));
    await vi.advanceTimersByTimeAsync(5000);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['RATE_LIMITED']));
    // The five requests are three at the same time, one after the first pause, and the probe.
    expect(source.started).toHaveLength(5);
    expect(await source.ask('during the pause', make)).toBe('RATE_LIMITED');
    refusing = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await source.ask('after it', make)).toBe('answer');
    expect(source.started).toHaveLength(6);
  });

  it('for several GPU types in a row delays requests for other GPU types, but makes none of them fail', async () => {
    const source = createSource({ retries: 0 });
    const bad = Array.from({ length: 8 }, (_, index) =>
      source.ask(
        `bad ${index}`,
        always(() => limited(3_600_000)),
      ),
    );
    const good = Array.from({ length: 30 }, (_, index) => source.ask(`good ${index}`, taking(1)));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(new Set(await Promise.all(bad))).toEqual(new Set(['RATE_LIMITED']));
    expect(new Set(await Promise.all(good))).toEqual(new Set(['answer']));
  });
});
