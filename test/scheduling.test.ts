import { describe, expect, it } from 'vitest';
import { nextCheckMs, nextToCutOff, nextToStart, type Schedulable } from '../src/upstream/request/scheduling.ts';
import { AWAITED, RENEWAL } from './support/attempts.ts';

const LANE = { isPaused: false, running: 2, maxRunning: 2 };

/** Creates a waiting task. Its lane (the part of the queue for one source) already runs the maximum of two tasks. */
const waiting = (facts: Partial<Schedulable> = {}): Schedulable => ({
  demand: AWAITED,
  lane: LANE,
  turn: 0,
  cameAt: 0,
  startedAt: null,
  yieldAfterMs: 600,
  isSuspect: false,
  isEnding: false,
  isSpent: false,
  ...facts,
});

/** Creates a running task. At the time `NOW`, it has been running for one second. */
const running = (facts: Partial<Schedulable> = {}): Schedulable => waiting({ startedAt: 0, ...facts });

const NOW = 1000;

describe('the next task to start', () => {
  const lane = { ...LANE, maxRunning: 3 };

  it('is an awaited task, even if renewals have a lower turn', () => {
    const awaited = waiting({ lane, turn: 2 });
    expect(nextToStart([waiting({ lane, turn: 1, demand: RENEWAL }), awaited], [], NOW)).toBe(awaited);
  });

  it.each([AWAITED, RENEWAL])('is the first task with the lowest turn among tasks of the same kind', (demand) => {
    const [late, first, second] = [3, 1, 1].map((turn) => waiting({ lane, turn, demand }));
    for (const tasks of [
      [late, first, second],
      [first, second, late],
    ] as Schedulable[][]) {
      expect(nextToStart(tasks, [], NOW)).toBe(first);
    }
  });

  it('may have an infinite turn, such as a task that no client needs any more', () => {
    for (const turn of [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
      const only = waiting({ lane, turn });
      expect(nextToStart([only], [], NOW)).toBe(only);
    }
  });

  it.each([
    ['paused', { ...lane, isPaused: true }],
    ['full', LANE],
    ['overfull, because its limit was lowered', { ...LANE, maxRunning: 1 }],
  ])('is never a task of a lane that is %s', (_what, closed) => {
    const other = waiting({ lane, turn: 2 });
    expect(nextToStart([waiting({ lane: closed, turn: 1 }), other], [], NOW)).toBe(other);
    expect(nextToStart([waiting({ lane: closed, turn: 1 })], [], NOW)).toBeUndefined();
  });
});

describe('a waiting task that is suspected of hanging', () => {
  const lane = { ...LANE, maxRunning: 3 };
  const healthy = waiting({ lane });
  const suspect = waiting({ lane, isSuspect: true });
  const quick = running({ lane, startedAt: NOW - 599 });
  const late = running({ lane, startedAt: NOW - 600 });

  it('starts beside healthy tasks while none of them has run for too long', () => {
    expect(nextToStart([suspect], [quick, quick], NOW)).toBe(suspect);
    expect(nextToStart([suspect], [quick, late], NOW)).toBeUndefined();
    expect(nextToStart([suspect], [quick, running({ lane, isSuspect: true, startedAt: NOW })], NOW)).toBeUndefined();
  });

  it('starts if all running tasks hang and no healthy task can start', () => {
    expect(nextToStart([suspect], [late, late], NOW)).toBe(suspect);
    expect(nextToStart([suspect, waiting()], [late, late], NOW)).toBe(suspect);
  });

  it('leaves the slot to a healthy task while another task hangs, however long it has waited', () => {
    expect(nextToStart([suspect, healthy], [late], 60_000)).toBe(healthy);
    expect(nextToStart([suspect, healthy], [], 60_000)).toBe(suspect);
  });

  it('starts before healthy renewals at once if a client awaits it', () => {
    const renewal = waiting({ lane, demand: RENEWAL });
    expect(nextToStart([renewal, suspect], [], 0)).toBe(suspect);
  });

  it('starts while no task hangs, even if it has made way once before', () => {
    const spent = waiting({ lane, isSuspect: true, isSpent: true });
    expect(nextToStart([spent], [quick], NOW)).toBe(spent);
  });

  it('starts beside a task that still waits for a slot that all replicas share: that task does not count as hanging', () => {
    const slotless = running({ lane, startedAt: null });
    expect(nextToStart([suspect], [slotless], NOW)).toBe(suspect);
  });
});

describe('a running task that has run for too long', () => {
  it('makes way for a task that could start in its place', () => {
    const late = running();
    expect(nextToCutOff([waiting()], [late, running({ startedAt: 900 })], NOW)).toBe(late);
  });

  it.each([
    ['may not start because its lane is paused', waiting({ lane: { ...LANE, isPaused: true } })],
    ['may not start because its lane would still be full', waiting({ lane: { ...LANE } })],
    ['is suspected of hanging', waiting({ isSuspect: true })],
    ['is not awaited', waiting({ demand: RENEWAL })],
  ])('does not make way for a task that %s', (_what, other) => {
    expect(nextToCutOff([other], [running(), running()], NOW)).toBeUndefined();
  });

  it('does not make way while another task is ending', () => {
    const ending = running({ isSuspect: true, isEnding: true });
    expect(nextToCutOff([waiting()], [ending, running()], NOW)).toBeUndefined();
  });
});

describe('a task that makes way', () => {
  it('has run for at least as long as it may', () => {
    const [quick, late] = [running({ startedAt: NOW - 599 }), running({ startedAt: NOW - 600 })];
    expect(nextToCutOff([waiting()], [quick], NOW)).toBeUndefined();
    expect(nextToCutOff([waiting()], [quick, late], NOW)).toBe(late);
  });

  it('is a renewal if renewals wait, and any task if a client waits', () => {
    const [question, renewal] = [running(), running({ demand: RENEWAL })];
    expect(nextToCutOff([waiting({ demand: RENEWAL })], [question, renewal], NOW)).toBe(renewal);
    expect(nextToCutOff([waiting()], [question, renewal], NOW)).toBe(question);
  });

  it('is never the only suspect, nor the suspect that started first', () => {
    const [first, second] = [running({ isSuspect: true }), running({ isSuspect: true, startedAt: NOW })];
    expect(nextToCutOff([waiting()], [first], NOW)).toBeUndefined();
    expect(nextToCutOff([waiting()], [first, second], NOW)).toBe(second);
  });

  it('has a slot, and does not wait for one that all replicas share', () => {
    const slotless = running({ isSuspect: true, startedAt: null });
    expect(nextToCutOff([waiting()], [running({ isSuspect: true }), slotless], NOW)).toBeUndefined();
  });

  it('may belong to a different lane than the waiting task, if the lane of the waiting task is not full', () => {
    const late = running({ lane: { ...LANE } });
    expect(nextToCutOff([waiting({ lane: { ...LANE, maxRunning: 3 } })], [late], NOW)).toBe(late);
  });
});

describe('the next check', () => {
  const quick = running({ startedAt: NOW, yieldAfterMs: 300 });

  it('is not needed while no healthy task waits', () => {
    expect(nextCheckMs([], [quick], NOW)).toBeUndefined();
    expect(nextCheckMs([waiting({ isSuspect: true })], [quick], NOW)).toBeUndefined();
  });

  it('is due when the first of the running tasks has run for as long as it may', () => {
    const other = running({ startedAt: NOW - 100, yieldAfterMs: 300 });
    expect(nextCheckMs([waiting()], [quick], NOW)).toBe(300);
    expect(nextCheckMs([waiting({ isSuspect: true }), waiting()], [quick, other], NOW)).toBe(200);
  });

  it('is due after half a second at most', () => {
    expect(nextCheckMs([waiting()], [running({ startedAt: NOW, yieldAfterMs: 501 })], NOW)).toBe(500);
    expect(nextCheckMs([waiting()], [], NOW)).toBe(500);
  });

  it.each([
    ['have already run for too long', { startedAt: NOW - 500, yieldAfterMs: 300 }],
    ['have just run for as long as they may', { startedAt: NOW - 300, yieldAfterMs: 300 }],
    ['wait for a slot that all replicas share', { startedAt: null, yieldAfterMs: NOW + 300 }],
  ])('does not depend on tasks that %s', (_what, facts) => {
    expect(nextCheckMs([waiting()], [running(facts)], NOW)).toBe(500);
  });
});

describe('a task that is suspected of hanging', () => {
  const lane = { ...LANE, maxRunning: 3 };
  const healthy = waiting({ lane });

  it('waits for other tasks, but not forever', () => {
    const suspect = waiting({ lane, isSuspect: true });
    expect(nextToStart([suspect, healthy], [], 9999)).toBe(healthy);
    expect(nextToStart([suspect, healthy], [], 10_000)).toBe(suspect);
  });

  it('never starts before a more urgent task, however long it has waited', () => {
    const renewal = waiting({ lane, isSuspect: true, demand: RENEWAL });
    expect(nextToStart([renewal, healthy], [], 60_000)).toBe(healthy);
  });

  it('keeps its slot if it has made way once before, while another suspect makes way', () => {
    const other = running({ lane, isSuspect: true });
    const spent = running({ lane, isSuspect: true, isSpent: true });
    expect(nextToCutOff([healthy], [other, spent], NOW)).toBe(other);
  });

  it('leaves an idle slot to other suspects while one of them runs, if it has made way once before', () => {
    const spent = waiting({ lane, isSuspect: true, isSpent: true });
    const plain = waiting({ lane, isSuspect: true });
    expect(nextToStart([spent, plain], [running({ lane, isSuspect: true })], NOW)).toBe(plain);
    expect(nextToStart([spent], [running({ lane, isSuspect: true })], NOW)).toBeUndefined();
  });
});

describe('a task that was cut off', () => {
  it('does not start before its last run has ended', () => {
    const lane = { ...LANE, maxRunning: 3 };
    const ending = running({ lane, isSuspect: true, isEnding: true });
    expect(nextToStart([ending], [ending], NOW)).toBeUndefined();
    const ended = waiting({ lane, isSuspect: true });
    expect(nextToStart([ended], [], NOW)).toBe(ended);
  });
});
