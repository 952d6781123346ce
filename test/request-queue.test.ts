import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Demand } from '../src/domain/catalog.ts';
import { GATEWAY } from '../src/domain/client.ts';
import { IN_ANY_SLOT, type InSlot } from '../src/upstream/request/in-slot.ts';
import type { Lane } from '../src/upstream/request/lane.ts';
import { createRequestQueue } from '../src/upstream/request/request-queue.ts';
import { CUT_OFF, type Task } from '../src/upstream/request/task.ts';
import { AWAITED, abortable, createSource, down, failing, RENEWAL, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const TEN_MINUTES = 600_000;

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

  it('ends a pause on time even if the wall clock is set back during the pause', async () => {
    const { lane, ask } = createSource();
    lane.pause(1000);
    vi.setSystemTime(Date.now() - TEN_MINUTES);
    expect(lane.pausedMs()).toBe(1000);
    // The first pause ends here. After that, a second pause must be possible.
    await vi.advanceTimersByTimeAsync(1000);
    lane.pause(1000);
    expect(lane.pausedMs()).toBe(1000);
    const answer = ask('a', taking(1));
    await vi.advanceTimersByTimeAsync(1001);
    expect(await answer).toBe('answer');
  });

  it('keeps the process alive during a pause only while requests wait for its end', async () => {
    vi.useRealTimers();
    const { lane, ask } = createSource();
    const countTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = countTimers();
    lane.pause(50);
    expect(countTimers()).toBe(before);
    const answer = ask('a', async () => 'answer');
    expect(countTimers()).toBe(before + 1);
    lane.pause(100);
    expect(countTimers()).toBe(before + 1);
    expect(await answer).toBe('answer');
    const afterwards = countTimers();
    lane.pause(50);
    expect(countTimers()).toBe(afterwards);
  });

  it('rejects a new request at once when it is full', async () => {
    const source = createSource({ concurrency: 1, limit: 2 });
    const waiting = ['a', 'b', 'c'].map((name) => source.ask(name, taking(10)));
    expect(await source.ask('d', taking(10))).toBe('NOT_ATTEMPTED');
    await vi.advanceTimersByTimeAsync(30);
    expect(await Promise.all(waiting)).toEqual(['answer', 'answer', 'answer']);
    expect(source.startsOf('d')).toEqual([]);
  });

  it('starts awaited requests before renewals, and drops renewals to make room for awaited requests', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const first = source.ask('first', taking(10));
    const renewals = ['r1', 'r2', 'r3'].map((name) => source.ask(name, taking(10), RENEWAL));
    const question = source.ask('question', taking(10));
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all([first, question]);
    expect(await Promise.all(renewals)).toEqual(['answer', 'answer', 'NOT_ATTEMPTED']);
    expect(source.started.map(({ name }) => name)).toEqual(['first', 'question', 'r1', 'r2']);
  });

  it('moves a renewal to the front as soon as a client waits for it', async () => {
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

  it('drops a request when its client disconnects before the request starts or between two attempts', async () => {
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

describe('a task that may hang', () => {
  /**
   * Creates a lane (the part of the queue for one source) that runs at most `concurrency` tasks at once. `started` records the names of the
   * tasks in the order in which they start.
   */
  function createNarrowLane(concurrency = 1) {
    const whenFull = () => new Error('full');
    const lane = createRequestQueue({ concurrency, inSlot: IN_ANY_SLOT, limit: 10, whenFull }).createLane();
    const started: string[] = [];
    const enter = (name: string, facts: Partial<Task<string>> = {}) => {
      const run: Task<string>['run'] = async (freeSlot, cutOff) => {
        started.push(name);
        return (facts.run ?? taking(10))(freeSlot, cutOff);
      };
      const task = { name, yieldAfterMs: () => 100, isSuspect: () => false, ...facts, run };
      return lane.enter(task, AWAITED, 'back');
    };
    return { started, enter };
  }

  it('lets a healthy task that arrived later start first, if it was cut off or is suspected of hanging from the start', async () => {
    const { started, enter } = createNarrowLane();
    let runs = 0;
    const run: Task<string>['run'] = (_freeSlot, cutOff) => {
      runs += 1;
      if (runs > 1) return taking(10)();
      return new Promise((resolve) => {
        cutOff.addEventListener('abort', () => resolve(CUT_OFF));
      });
    };
    const early = [enter('slow', { run }), enter('first'), enter('suspect', { isSuspect: () => true })];
    await vi.advanceTimersByTimeAsync(105);
    expect(started).toEqual(['slow', 'first']);
    const late = enter('late');
    await vi.advanceTimersByTimeAsync(1000);
    expect(new Set(await Promise.all([...early, late]))).toEqual(new Set(['answer']));
    expect(started).toEqual(['slow', 'first', 'late', 'suspect', 'slow']);
  });

  it('is not cut off while the slot of another one is about to be free', async () => {
    const { enter } = createNarrowLane(2);
    const cutOffs: string[] = [];
    const hanging = (name: string): Task<string>['run'] => {
      return (_freeSlot, cutOff) =>
        new Promise((resolve) => {
          cutOff.addEventListener('abort', () => {
            cutOffs.push(name);
            setTimeout(() => resolve(CUT_OFF), 50);
          });
        });
    };
    void ['a', 'b'].map((name) => enter(name, { run: hanging(name) }));
    const first = enter('first');
    await vi.advanceTimersByTimeAsync(110);
    void enter('second');
    await vi.advanceTimersByTimeAsync(10);
    expect(cutOffs).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(100);
    expect(await first).toBe('answer');
  });
});

describe('a request that loses its slot', () => {
  it('is aborted at once, is sent again before the waiting requests, and does not count as failed', async () => {
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
