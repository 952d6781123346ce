import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../src/domain/clock.ts';
import { UpstreamAnswerError } from '../src/domain/errors.ts';
import { type Attributes, type Tracer, UNTRACED } from '../src/observability/tracing/tracer.ts';
import { createHangDetector } from '../src/upstream/request/hang-detector.ts';
import { toTask } from '../src/upstream/request/request-task.ts';
import type { AttemptReport, SourceRequest } from '../src/upstream/request/source-request.ts';
import { CUT_OFF, SLOT_LOST } from '../src/upstream/request/task.ts';
import { down, passMs, silent, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Creates the task of a request. `events` records what happens, in order. */
function createTask(facts: Partial<SourceRequest<string>> = {}) {
  const events: string[] = [];
  const reports: AttemptReport[] = [];
  const failures: [error: unknown, startedAt: number][] = [];
  const spans: [name: string, attributes: Attributes | undefined][] = [];
  const hangDetector = createHangDetector(10_000);
  const tracer: Tracer = {
    ...UNTRACED,
    span(name, { attributes }, work) {
      spans.push([name, attributes]);
      return work();
    },
  };
  const request: SourceRequest<string> = {
    operation: 'Prices',
    subject: 'A100',
    exchange: taking(200),
    read: (body) => ({ value: `read ${body}`, complete: true }),
    ...facts,
  };
  const task = toTask(request, {
    clock: SYSTEM_CLOCK,
    timeoutMs: 10_000,
    hangDetector,
    tracer,
    onAnswered: () => events.push('answered'),
    onFailed: (error, startedAt) => failures.push([error, startedAt]),
    onAttempt: (report) => reports.push(report),
  });
  /** Runs the task, and returns its result or its error. */
  const run = (cutOff = new AbortController()) =>
    task.run(() => events.push('slot free'), cutOff.signal).catch((error: unknown) => error);
  return { task, run, events, reports, failures, spans, hangDetector };
}

describe('a run of a request', () => {
  it('frees its slot when the body has arrived, then reads the body and reports the attempt', async () => {
    const { run, events, reports, failures } = createTask();
    const result = run();
    await passMs(199);
    expect(events).toEqual([]);
    await passMs(1);
    expect([await result, events]).toEqual(['read answer', ['slot free', 'answered']]);
    expect(reports).toEqual([
      { operation: 'Prices', subject: 'A100', outcome: 'COMPLETE', durationMs: 200, error: null },
    ]);
    expect(failures).toEqual([]);
  });

  it('is recorded as a span with its operation and its subject', async () => {
    const { run, spans } = createTask();
    const result = run();
    await passMs(200);
    await result;
    const attributes = { 'gateway.upstream.operation': 'Prices', 'gateway.upstream.subject': 'A100' };
    expect(spans).toEqual([['Prices', attributes]]);
  });

  it('is reported as incomplete if the response lacks a part of what was requested', async () => {
    const { run, reports } = createTask({ read: () => ({ value: 'part', complete: false }) });
    const result = run();
    await passMs(200);
    expect([await result, reports]).toMatchObject(['part', [{ outcome: 'INCOMPLETE', error: null }]]);
  });

  it('receives the moment when it was sent, for the age of its data', async () => {
    const moments: unknown[] = [];
    const { run } = createTask({
      read(body, asked) {
        moments.push(asked);
        return { value: body, complete: true };
      },
    });
    await passMs(500);
    const sent = { askedAt: performance.now(), observedAt: new Date().toISOString() };
    const result = run();
    await passMs(200);
    await result;
    expect(moments).toEqual([sent]);
  });

  it.each([
    ['is refused', { exchange: () => Promise.reject(down()) }, 'UNREACHABLE', 0],
    [
      'is answered with something else',
      {
        read: () => {
          throw new UpstreamAnswerError('Prices', 'nonsense');
        },
      },
      'BAD_RESPONSE',
      200,
    ],
  ])('fails with the error of the request when it %s, and reports it', async (_what, facts, outcome, durationMs) => {
    const { run, events, reports, failures } = createTask(facts);
    await passMs(100);
    const startedAt = performance.now();
    const result = run();
    await passMs(200);
    const error = await result;
    expect(error).toMatchObject({ code: outcome });
    expect(failures).toEqual([[error, startedAt]]);
    expect(reports).toEqual([{ operation: 'Prices', subject: 'A100', outcome, durationMs, error }]);
    expect(events).not.toContain('answered');
  });

  it('also fails if the gateway itself throws an error, but does not report that error as an outcome of the request', async () => {
    const fault = new TypeError('fault');
    const { run, reports, failures } = createTask({
      read: () => {
        throw fault;
      },
    });
    const result = run();
    await passMs(200);
    expect([await result, reports, failures.length]).toEqual([fault, [], 1]);
  });
});

describe('a run that takes too long', () => {
  it('times out, and its subject is then suspected of hanging', async () => {
    const { task, run, events, reports } = createTask({ exchange: silent });
    const result = run();
    await passMs(9999);
    expect([reports, task.isSuspect()]).toEqual([[], false]);
    await passMs(1);
    const error = await result;
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      message: 'RunPod did not answer Prices within 10000 ms',
      cause: expect.anything(),
    });
    expect(reports).toEqual([{ operation: 'Prices', subject: 'A100', outcome: 'TIMEOUT', durationMs: 10_000, error }]);
    expect([task.isSuspect(), events]).toEqual([true, []]);
  });

  it.each([
    ['makes way for others: its subject is suspected of hanging', undefined, true],
    ['loses its slot: its subject is not suspected of hanging', SLOT_LOST, false],
  ])('is no failure if it %s', async (_what, reason, isSuspect) => {
    const { task, run, reports, failures } = createTask({ exchange: silent });
    const cutOff = new AbortController();
    const result = run(cutOff);
    await passMs(300);
    cutOff.abort(reason);
    expect(await result).toBe(CUT_OFF);
    expect(reports).toEqual([
      { operation: 'Prices', subject: 'A100', outcome: 'YIELDED', durationMs: 300, error: null },
    ]);
    expect([task.isSuspect(), failures]).toEqual([isSuspect, []]);
  });

  it('does not cause its subject to be suspected of hanging if the request itself has failed', async () => {
    const { task, run } = createTask({ exchange: () => Promise.reject(down()) });
    await run();
    expect(task.isSuspect()).toBe(false);
  });
});

describe('the time that a request may take while others wait', () => {
  it('is learned from the answers to earlier requests', async () => {
    const { task, run, hangDetector } = createTask({ exchange: taking(1000) });
    expect(task.yieldAfterMs()).toBe(5000);
    const result = run();
    await passMs(1000);
    await result;
    expect([task.yieldAfterMs(), hangDetector.yieldAfterMs('H100')]).toEqual([3000, 3000]);
  });

  it('has no limit for a list, which is never suspected of hanging', async () => {
    const { task, run, hangDetector } = createTask({ operation: 'Gpus', subject: 'Gpus', exchange: silent });
    const result = run();
    await passMs(10_000);
    expect(await result).toMatchObject({ code: 'TIMEOUT' });
    expect(hangDetector.isSuspect('Gpus')).toBe(true);
    expect([task.name, task.isSuspect(), task.yieldAfterMs()]).toEqual(['Gpus', false, Number.POSITIVE_INFINITY]);
  });
});
