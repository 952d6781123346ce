import { describe, expect, it } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import { nextToCutOff, nextToStart, type Schedulable } from '../src/upstream/request/scheduling.ts';
import { AWAITED } from './support/attempts.ts';

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

describe('a running task that has run for too long', () => {
  it('makes way for a task that could start in its place', () => {
    const late = running();
    expect(nextToCutOff([waiting()], [late, running({ startedAt: 900 })], NOW)).toBe(late);
  });

  it.each([
    ['may not start because its lane is paused', waiting({ lane: { ...LANE, isPaused: true } })],
    ['may not start because its lane would still be full', waiting({ lane: { ...LANE } })],
    ['is suspected to hang', waiting({ isSuspect: true })],
    ['is not awaited', waiting({ demand: { ...AWAITED, awaited: false, clients: [GATEWAY] } })],
  ])('does not make way for a task that %s', (_what, other) => {
    expect(nextToCutOff([other], [running(), running()], NOW)).toBeUndefined();
  });

  it('does not make way while another task is ending', () => {
    const ending = running({ isSuspect: true, isEnding: true });
    expect(nextToCutOff([waiting()], [ending, running()], NOW)).toBeUndefined();
  });
});

describe('a task that is suspected to hang', () => {
  const lane = { ...LANE, maxRunning: 3 };
  const healthy = waiting({ lane });

  it('waits for other tasks, but not forever', () => {
    const suspect = waiting({ lane, isSuspect: true });
    expect(nextToStart([suspect, healthy], [], 9999)).toBe(healthy);
    expect(nextToStart([suspect, healthy], [], 10_000)).toBe(suspect);
  });

  it('never starts before a more urgent task, however long it has waited', () => {
    const renewal = waiting({ lane, isSuspect: true, demand: { ...AWAITED, awaited: false, clients: [GATEWAY] } });
    expect(nextToStart([renewal, healthy], [], 60_000)).toBe(healthy);
  });

  it('keeps its slot if it has made way once before, while another suspect makes way', () => {
    const other = running({ lane, isSuspect: true });
    const spent = running({ lane, isSuspect: true, isSpent: true });
    expect(nextToCutOff([healthy], [other, spent], NOW)).toBe(other);
  });

  it('does not keep another suspect from an idle slot if it has made way once before', () => {
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
