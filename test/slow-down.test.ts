import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IN_ANY_SLOT } from '../src/upstream/request/in-slot.ts';
import { createRequestQueue } from '../src/upstream/request/request-queue.ts';
import { createSlowDown } from '../src/upstream/request/slow-down.ts';
import { AWAITED, down, limited } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/**
 * Creates the slow-down of an idle lane (the queue of requests to one source). `announced` records the pauses that it announces to other
 * replicas. `answerProbe` settles the oldest unanswered probe: with an answer, or with the given error.
 */
function createSlow() {
  const whenFull = () => new Error('full');
  const lane = createRequestQueue({ concurrency: 100, inSlot: IN_ANY_SLOT, limit: 100, whenFull }).createLane();
  const probes: ((error?: Error) => void)[] = [];
  const announced: number[] = [];
  let probesSent = 0;
  let announcedByOther: (pauseMs: number) => void = () => {};
  const probe = () =>
    new Promise<void>((resolve, reject) => {
      probesSent += 1;
      probes.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  const slowDown = createSlowDown(lane, probe, (onRefused) => {
    announcedByOther = onRefused;
    return (pauseMs) => announced.push(pauseMs);
  });
  /** Tells `slowDown` that RunPod has refused a request that was sent just now. */
  const refuse = async (retryAfterMs: number | null = null) => {
    await vi.advanceTimersByTimeAsync(1);
    slowDown.refused(retryAfterMs, performance.now());
  };
  return {
    lane,
    slowDown,
    announced,
    refuse,
    probesSent: () => probesSent,
    pauseByOther: (ms: number) => announcedByOther(ms),
    answerProbe: async (error?: Error) => {
      probes.shift()?.(error);
      await vi.advanceTimersByTimeAsync(0);
    },
    /** Waits until the pause ends, and returns how many of fifty requests then run at the same time. */
    countRunning: async () => {
      await vi.advanceTimersByTimeAsync(lane.pausedMs());
      let running = 0;
      const run = () => {
        running += 1;
        return new Promise<never>(() => {});
      };
      const task = { name: 'op', run, yieldAfterMs: () => Number.POSITIVE_INFINITY, isSuspect: () => false };
      for (let count = 0; count < 50; count += 1) lane.enter(task, AWAITED, 'back').catch(() => {});
      await vi.advanceTimersByTimeAsync(0);
      return running;
    },
  };
}

describe('the pause after a 429', () => {
  it.each([
    [null, 1000],
    [0, 0],
    [300, 300],
    [2000, 2000],
    [3_600_000, 2000],
  ])('with a Retry-After of %j ms lasts %i ms, also for the other replicas', async (retryAfterMs, pauseMs) => {
    const { lane, announced, refuse, probesSent } = createSlow();
    await refuse(retryAfterMs);
    expect([lane.pausedMs(), announced, probesSent()]).toEqual([pauseMs, [pauseMs], 0]);
  });

  it('starts once for all requests that were in flight when the first of them was refused', async () => {
    const { lane, slowDown, announced, probesSent } = createSlow();
    const startedAt = performance.now();
    slowDown.refused(500, startedAt);
    slowDown.refused(1500, startedAt);
    await vi.advanceTimersByTimeAsync(100);
    slowDown.refused(1500, startedAt);
    expect([lane.pausedMs(), announced, probesSent()]).toEqual([400, [500], 0]);
  });

  it('starts again when a request from before the pause is refused after another one was answered', async () => {
    const { slowDown, announced, probesSent } = createSlow();
    slowDown.refused(500, performance.now());
    slowDown.answered();
    slowDown.refused(1500, performance.now());
    expect([announced, probesSent()]).toEqual([[500, 1500], 0]);
  });
});

describe('a lane that slows down', () => {
  it('runs one request at a time after a pause, and one more after each answer', async () => {
    for (const answers of [0, 1, 5]) {
      const { slowDown, refuse, countRunning } = createSlow();
      slowDown.answered();
      await refuse();
      for (let count = 0; count < answers; count += 1) slowDown.answered();
      expect(await countRunning()).toBe(1 + answers);
    }
  });

  it('has no limit before the first 429, however few answers there were', async () => {
    const { slowDown, countRunning } = createSlow();
    slowDown.answered();
    expect(await countRunning()).toBe(50);
  });

  it('runs one request at a time again after the next 429', async () => {
    const { slowDown, refuse, countRunning } = createSlow();
    await refuse();
    for (let count = 0; count < 5; count += 1) slowDown.answered();
    await refuse();
    expect(await countRunning()).toBe(1);
  });

  it('follows the pause of another replica, and does not announce it again', async () => {
    const { lane, announced, pauseByOther, countRunning } = createSlow();
    pauseByOther(700);
    expect([lane.pausedMs(), announced]).toEqual([700, []]);
    expect(await countRunning()).toBe(1);
  });
});

describe('the probe of the whole source', () => {
  it('is sent after the second 429 in a row, and pauses the lane for at least two seconds when it is refused too', async () => {
    const { lane, announced, refuse, probesSent, answerProbe } = createSlow();
    await refuse();
    expect(probesSent()).toBe(0);
    await refuse();
    expect([probesSent(), lane.pausedMs()]).toEqual([1, 1000]);
    await answerProbe(limited());
    expect([lane.pausedMs(), announced]).toEqual([2000, [1000, 1000, 2000]]);
  });

  it('doubles the minimum pause each time that it is refused, up to a minute', async () => {
    const { announced, refuse, answerProbe } = createSlow();
    await refuse();
    const pauses: (number | undefined)[] = [];
    for (let round = 0; round < 7; round += 1) {
      await refuse();
      await answerProbe(limited());
      pauses.push(announced.at(-1));
    }
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('begins with two seconds again after an answer', async () => {
    const { slowDown, announced, refuse, answerProbe } = createSlow();
    await refuse();
    for (let round = 0; round < 3; round += 1) {
      await refuse();
      await answerProbe(limited());
    }
    slowDown.answered();
    await refuse();
    await refuse();
    await answerProbe(limited());
    expect(announced.at(-1)).toBe(2000);
  });

  it.each([
    [1500, 2000],
    [30_000, 30_000],
    [3_600_000, 60_000],
  ])('pauses the lane for a Retry-After of %i ms, clamped to 2 to 60 s: %i ms', async (retryAfterMs, pauseMs) => {
    const { lane, announced, refuse, answerProbe } = createSlow();
    await refuse(retryAfterMs);
    await refuse(retryAfterMs);
    await answerProbe(limited());
    expect([lane.pausedMs(), announced.at(-1)]).toEqual([pauseMs, pauseMs]);
  });

  it.each([
    ['is answered', undefined],
    ['fails for another reason', down()],
  ])('causes no further pause if it %s', async (_what, error) => {
    const { lane, announced, refuse, answerProbe } = createSlow();
    await refuse(30_000);
    await refuse(30_000);
    await answerProbe(error);
    expect([lane.pausedMs(), announced]).toEqual([2000, [2000, 2000]]);
  });

  it('is sent once at a time, and again for a later 429', async () => {
    const { refuse, probesSent, answerProbe } = createSlow();
    for (let count = 0; count < 5; count += 1) await refuse();
    expect(probesSent()).toBe(1);
    await answerProbe();
    await refuse();
    expect(probesSent()).toBe(2);
  });
});
