import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Demand } from '../src/domain/catalog.ts';
import { GATEWAY } from '../src/domain/client.ts';
import { UpstreamAnswerError, UpstreamUnauthorizedError, UpstreamUnreachableError } from '../src/domain/errors.ts';
import { IN_ANY_SLOT, type InSlot } from '../src/upstream/request/in-slot.ts';
import type { Lane } from '../src/upstream/request/lane.ts';
import { createRequestQueue } from '../src/upstream/request/request-queue.ts';
import {
  AWAITED,
  abortable,
  always,
  createSource,
  down,
  failing,
  limited,
  passMs,
  RENEWAL,
  silent,
  taking,
} from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const TEN_MINUTES = 600_000;

describe('an attempt', () => {
  it('is repeated after a temporary failure, with growing delays, and holds no slot while it waits', async () => {
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

  it('is given up after the configured number of retries', async () => {
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
  ])('is not repeated after a failure that a retry cannot fix: %s', async (code, error) => {
    const source = createSource();
    expect(await source.ask('a', always(error))).toBe(code);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(source.startsOf('a')).toHaveLength(1);
  });

  it('times out when there is no answer, not counting the wait for a slot', async () => {
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
  it('goes to the next request before the answer is parsed', async () => {
    const source = createSource({ concurrency: 1 });
    const answers = [source.ask('a', async () => 'answer'), source.ask('b', async () => 'answer')];
    // The event loop completes no turn during these steps.
    for (let count = 0; count < 100; count += 1) await Promise.resolve();
    expect(source.startsOf('b')).toHaveLength(1);
    expect(source.outcomes).toEqual([]);
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
  });
});

describe('a 429', () => {
  it('pauses all requests, not only the refused one, and then lets them start one at a time', async () => {
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

  it('probes the whole source only after a second one with no answer between them', async () => {
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

  it('for one GPU type delays the others by two seconds at most', async () => {
    const source = createSource({ retries: 0 });
    await source.ask(
      'a',
      always(() => limited(3_600_000)),
    );
    const other = source.ask('b', taking(1));
    await vi.advanceTimersByTimeAsync(2001);
    expect(await other).toBe('answer');
  });

  it('for the whole source rejects waiting requests, and is obeyed for as long as RunPod asks', async () => {
    let refusing = true;
    const make = async () => {
      if (refusing) throw limited(30_000);
      return 'answer';
    };
    const source = createSource({ retries: 0, probe: make });
    const answers = Array.from({ length: 10 }, (_, index) => source.ask(String(index), make));
    await vi.advanceTimersByTimeAsync(5000);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['RATE_LIMITED']));
    // Three concurrent requests, one after the pause, and the probe.
    expect(source.started).toHaveLength(5);
    expect(await source.ask('during the pause', make)).toBe('RATE_LIMITED');
    refusing = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await source.ask('after it', make)).toBe('answer');
    expect(source.started).toHaveLength(6);
  });

  it('for several GPU types in a row delays the others but fails none of them', async () => {
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

describe('the circuit breaker', () => {
  const askAll = (
    source: ReturnType<typeof createSource>,
    count: number,
    make: (signal: AbortSignal) => Promise<unknown>,
  ) => Promise.all(Array.from({ length: count }, (_, index) => source.ask(`type ${index}`, make)));

  it('opens when ten attempts in a row and the probe have failed, and then rejects at once', async () => {
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

  it('probes on time although the wall clock was set back after it opened', async () => {
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

  it('probes within ten seconds without being asked, and sends nothing but the probe', async () => {
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

  it('stays closed while the probe is answered, for one GPU type that keeps failing and for many', async () => {
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

  it('closes when a source that is up refuses the probe, and one more failure does not open it again', async () => {
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

describe('the queue', () => {
  it.each([
    [100, 1000],
    [1000, 100],
  ])('starts no request before the longer of two pauses ends: %i ms, then %i ms', async (first, second) => {
    const { lane, ask, startsOf } = createSource();
    lane.pause(first);
    lane.pause(second);
    const answer = ask('a', taking(1));
    await vi.advanceTimersByTimeAsync(1001);
    expect([await answer, startsOf('a')]).toEqual(['answer', [1000]]);
  });

  it('ends a pause on time although the wall clock is set back during it', async () => {
    const { lane, ask } = createSource();
    lane.pause(1000);
    vi.setSystemTime(Date.now() - TEN_MINUTES);
    expect(lane.pausedMs()).toBe(1000);
    // A pause that is over must not hide a new one.
    await vi.advanceTimersByTimeAsync(1000);
    lane.pause(1000);
    expect(lane.pausedMs()).toBe(1000);
    const answer = ask('a', taking(1));
    await vi.advanceTimersByTimeAsync(1001);
    expect(await answer).toBe('answer');
  });

  it('rejects a new request at once when it is full', async () => {
    const source = createSource({ concurrency: 1, limit: 2 });
    const waiting = ['a', 'b', 'c'].map((name) => source.ask(name, taking(10)));
    expect(await source.ask('d', taking(10))).toBe('NOT_ATTEMPTED');
    await vi.advanceTimersByTimeAsync(30);
    expect(await Promise.all(waiting)).toEqual(['answer', 'answer', 'answer']);
    expect(source.startsOf('d')).toEqual([]);
  });

  it('starts awaited requests before renewals, and drops renewals to make room for them', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const first = source.ask('first', taking(10));
    const renewals = ['r1', 'r2', 'r3'].map((name) => source.ask(name, taking(10), RENEWAL));
    const question = source.ask('question', taking(10));
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all([first, question]);
    expect(await Promise.all(renewals)).toEqual(['answer', 'answer', 'NOT_ATTEMPTED']);
    expect(source.started.map(({ name }) => name)).toEqual(['first', 'question', 'r1', 'r2']);
  });

  it('moves a renewal to the front as soon as somebody waits for it', async () => {
    const source = createSource({ concurrency: 1 });
    const wish = { signal: AWAITED.signal, awaited: false, clients: [GATEWAY] };
    const all = [
      source.ask('first', taking(10)),
      source.ask('r1', taking(10), RENEWAL),
      source.ask('r2', taking(10), wish),
    ];
    wish.awaited = true;
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(all);
    expect(source.started.map(({ name }) => name)).toEqual(['first', 'r2', 'r1']);
  });

  it('drops a request when its client leaves, before the start and between two attempts', async () => {
    const source = createSource({ concurrency: 1 });
    const leaving = new AbortController();
    const wish: Demand = { signal: leaving.signal, awaited: true, clients: [GATEWAY] };
    const failed = source.ask('failed', failing(down()), wish);
    const first = source.ask('first', taking(10));
    const waiting = source.ask('waiting', taking(10), wish);
    await vi.advanceTimersByTimeAsync(1);
    leaving.abort();
    expect(await waiting).toBe('AbortError');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failed).toBe('AbortError');
    expect(await first).toBe('answer');
    expect(source.started.map(({ name }) => name)).toEqual(['failed', 'first']);
  });
});

describe('a request that loses its slot', () => {
  it('is aborted at once and sent again before the waiting requests, without counting as a failure', async () => {
    const lost = new AbortController();
    const signals = [lost.signal];
    const inSlot: InSlot = (task) => task(signals.shift() ?? new AbortController().signal);
    const source = createSource({ concurrency: 1, retries: 0, inSlot });
    const first = source.ask('first', abortable(1000, 10));
    const second = source.ask('second', taking(10));
    await vi.advanceTimersByTimeAsync(5);
    lost.abort();
    await vi.advanceTimersByTimeAsync(100);
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
    expect(source.started.map(({ name }) => name)).toEqual(['first', 'first', 'second']);
    expect(source.outcomes).toEqual(['YIELDED', 'COMPLETE', 'COMPLETE']);
  });
});

describe('two lanes of one queue', () => {
  it('share the slots, and slowing down one lane does not slow down the other', async () => {
    const requestQueue = createRequestQueue({
      concurrency: 2,
      inSlot: IN_ANY_SLOT,
      limit: 10,
      whenFull: () => new Error('full'),
    });
    const [slow, free] = [requestQueue.createLane(), requestQueue.createLane()];
    const started: string[] = [];
    const enter = (lane: Lane, name: string) => {
      const run = () => {
        started.push(name);
        return taking(10)();
      };
      const task = { name, run, yieldAfterMs: () => Number.POSITIVE_INFINITY, isSuspect: () => false };
      return lane.enter(task, AWAITED, 'back');
    };
    slow.setConcurrency(1);
    const first = ['slow 1', 'slow 2', 'slow 3'].map((name) => enter(slow, name));
    const others = ['free 1', 'free 2'].map((name) => enter(free, name));
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toEqual(['slow 1', 'free 1']);
    slow.pause(100);
    await vi.advanceTimersByTimeAsync(20);
    expect(started).toEqual(['slow 1', 'free 1', 'free 2']);
    slow.rejectAll(() => new Error('refused'));
    expect(await Promise.allSettled([...first, ...others])).toMatchObject([
      { value: 'answer' },
      { reason: { message: 'refused' } },
      { reason: { message: 'refused' } },
      { value: 'answer' },
      { value: 'answer' },
    ]);
    expect([requestQueue.waiting, requestQueue.running]).toEqual([0, 0]);
  });
});
