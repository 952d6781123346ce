import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamAnswerError, UpstreamUnauthorizedError } from '../src/domain/errors.ts';
import { always, createSource, down, limited, passMs, silent, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const TEN_MINUTES = 600_000;

describe('the circuit breaker', () => {
  const askAll = (
    source: ReturnType<typeof createSource>,
    count: number,
    make: (signal: AbortSignal) => Promise<unknown>,
  ) => Promise.all(Array.from({ length: count }, (_, index) => source.ask(`type ${index}`, make)));

  it('opens when ten attempts in a row and the probe have failed, and then rejects requests at once', async () => {
    const source = createSource({ retries: 0, probe: always(down) });
    expect(new Set(await askAll(source, 9, always(down)))).toEqual(new Set(['UNREACHABLE']));
    expect(source.startsOf('probe')).toEqual([]);
    await askAll(source, 1, always(down));
    await vi.advanceTimersByTimeAsync(0);
    expect(source.circuit()).toBe('open');
    const before = source.started.length;
    expect(new Set(await askAll(source, 40, always(down)))).toEqual(new Set(['NOT_ATTEMPTED']));
    expect(source.started).toHaveLength(before);
  });

  it('sends a probe on time even if the wall clock is set back after it has opened', async () => {
    let up = false;
    const probe = async () => {
      if (!up) throw down();
    };
    const source = createSource({ retries: 0, probe });
    await askAll(source, 12, always(down));
    await vi.advanceTimersByTimeAsync(0);
    expect(source.circuit()).toBe('open');
    vi.setSystemTime(Date.now() - TEN_MINUTES);
    up = true;
    await passMs(9999);
    expect(source.circuit()).toBe('closed');
  });

  it('counts only failures since the last answer', async () => {
    const source = createSource({ retries: 0, probe: always(down) });
    await askAll(source, 9, always(down));
    await source.ask('good', async () => 'answer');
    await askAll(source, 9, always(down));
    expect([source.circuit(), source.startsOf('probe')]).toEqual(['closed', []]);
  });

  it('rejects the waiting requests when it opens', async () => {
    const source = createSource({ retries: 0, timeoutMs: 100, probe: always(down) });
    const answers = askAll(source, 41, silent);
    await vi.advanceTimersByTimeAsync(1000);
    expect(new Set(await answers)).toEqual(new Set(['TIMEOUT', 'NOT_ATTEMPTED']));
    expect(source.started.length).toBeLessThan(20);
  });

  it('sends a probe within ten seconds even if no client sends a query, and sends nothing else', async () => {
    let up = false;
    const probe = async () => {
      if (!up) throw down();
    };
    const source = createSource({ retries: 0, probe });
    await askAll(source, 12, always(down));
    await vi.advanceTimersByTimeAsync(0);
    expect(source.circuit()).toBe('open');
    await vi.advanceTimersByTimeAsync(9999);
    expect(source.startsOf('probe').length).toBeGreaterThan(1);
    expect(source.circuit()).toBe('open');
    up = true;
    await passMs(9999);
    expect(source.circuit()).toBe('closed');
    expect(await source.ask('a', async () => 'answer')).toBe('answer');
  });

  it('stays closed while the probe is answered, whether one GPU type or many GPU types keep failing', async () => {
    const source = createSource({ retries: 0 });
    for (let round = 0; round < 50; round += 1) await source.ask('bad', always(down));
    await askAll(source, 30, always(down));
    expect(source.circuit()).toBe('closed');
    expect(await source.ask('good', async () => 'answer')).toBe('answer');
  });

  it.each([
    ['429', () => limited(0)],
    ['401', () => new UpstreamUnauthorizedError('op', 401)],
    ['400', () => new UpstreamAnswerError('op', 'HTTP 400')],
  ])('stays closed while the probe is answered with %s, however many GPU types fail', async (_status, error) => {
    const source = createSource({ retries: 0, probe: always(error) });
    for (let round = 0; round < 3; round += 1) {
      const answers = askAll(source, 12, always(down));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(new Set(await answers)).toEqual(new Set(['UNREACHABLE']));
    }
    expect(source.startsOf('probe').length).toBeGreaterThan(0);
    expect(source.circuit()).toBe('closed');
  });

  it('closes when the source answers the probe with a refusal, and does not open again after one more failure', async () => {
    let error: Error = down();
    const source = createSource({ retries: 0, probe: always(() => error) });
    await askAll(source, 12, always(down));
    await vi.advanceTimersByTimeAsync(0);
    expect(source.circuit()).toBe('open');
    error = limited(0);
    await vi.advanceTimersByTimeAsync(6000);
    expect(source.circuit()).toBe('closed');
    expect(await source.ask('bad', always(down))).toBe('UNREACHABLE');
    expect(source.circuit()).toBe('closed');
  });

  it('sends its probe even if the queue is full', async () => {
    const source = createSource({ retries: 0, concurrency: 1, limit: 12, timeoutMs: 100 });
    const answers = askAll(source, 13, silent);
    await vi.advanceTimersByTimeAsync(900);
    const more = Array.from({ length: 12 }, (_, index) => source.ask(`more ${index}`, taking(1)));
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all([answers, ...more]);
    expect(source.startsOf('probe')).toHaveLength(1);
    expect(source.circuit()).toBe('closed');
  });

  it.each([
    ['429', () => limited(0)],
    ['401', () => new UpstreamUnauthorizedError('op', 401)],
  ])('stays closed when every answer is %s', async (_status, error) => {
    const source = createSource({ retries: 0, probe: always(error) });
    const answers = askAll(source, 40, always(error));
    await vi.advanceTimersByTimeAsync(120_000);
    await answers;
    expect(source.circuit()).toBe('closed');
  });
});
