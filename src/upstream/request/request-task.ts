import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { TimeoutStrategy, timeout } from 'cockatiel';
import { askedNow, type Clock } from '../../domain/clock.ts';
import { UpstreamError, UpstreamTimeoutError } from '../../domain/errors.ts';
import type { Tracer } from '../../observability/tracing/tracer.ts';
import type { HangDetector } from './hang-detector.ts';
import type { AttemptReport, SourceRequest } from './source-request.ts';
import { CUT_OFF, SLOT_LOST, type Task } from './task.ts';

/** Options that all tasks of one source share. */
export interface RequestTaskOptions {
  readonly clock: Clock;
  /** The time limit of one run, in milliseconds. */
  readonly timeoutMs: number;
  readonly hangDetector: HangDetector;
  readonly tracer: Tracer;
  /** Called after each response that could be parsed. */
  readonly onAnswered: () => void;
  /** Called when a run fails. `startedAt` is when the run started, in milliseconds of `performance.now()`. */
  readonly onFailed: (error: unknown, startedAt: number) => void;
  /** Called at the end of every run. */
  readonly onAttempt: (report: AttemptReport) => void;
}

/** Creates a task that sends a request and parses the response. The task releases its slot before it parses the response. */
export function toTask<T>(request: SourceRequest<T>, options: RequestTaskOptions): Task<T> {
  const { operation, subject } = request;
  const { hangDetector, tracer } = options;
  const isList = subject === operation;
  const attributes = { 'gateway.upstream.operation': operation, 'gateway.upstream.subject': subject };
  return {
    name: operation,
    // The queue may call `run` in the async context of another task, which has just released its slot. So `run` is bound to the async
    // context in which this task is created.
    run: AsyncResource.bind((freeSlot: () => void, cutOff: AbortSignal) =>
      tracer.span(operation, { attributes }, () => runOnce(request, options, freeSlot, cutOff)),
    ),
    yieldAfterMs: () => (isList ? Number.POSITIVE_INFINITY : hangDetector.yieldAfterMs(subject)),
    isSuspect: () => !isList && hangDetector.isSuspect(subject),
  };
}

/** Sends the request once, parses the response, and reports the outcome. */
async function runOnce<T>(
  request: SourceRequest<T>,
  options: RequestTaskOptions,
  freeSlot: () => void,
  cutOff: AbortSignal,
): Promise<T | typeof CUT_OFF> {
  const { operation, subject } = request;
  const startedAt = performance.now();
  const asked = askedNow(options.clock);
  const report = (outcome: AttemptReport['outcome'], error: UpstreamError | null) =>
    options.onAttempt({ operation, subject, outcome, durationMs: Math.round(performance.now() - startedAt), error });
  try {
    const body = await receiveBody(request, options, freeSlot, cutOff);
    if (body === CUT_OFF) {
      report('YIELDED', null);
      return CUT_OFF;
    }
    // undici sends the next request on this connection in the next turn of the event loop. This waits for that turn, so that parsing does
    // not delay the next request.
    await setImmediate();
    const { value, complete } = request.read(body, asked);
    options.onAnswered();
    report(complete ? 'COMPLETE' : 'INCOMPLETE', null);
    return value;
  } catch (error) {
    options.onFailed(error, startedAt);
    if (error instanceof UpstreamError) report(error.code, error);
    throw error;
  }
}

/**
 * Sends the request, and returns the response body. Returns `CUT_OFF` if the queue ended the run early. Calls `freeSlot` as soon as the
 * body has arrived.
 */
function receiveBody(
  { operation, subject, exchange }: SourceRequest<unknown>,
  { timeoutMs, hangDetector }: RequestTaskOptions,
  freeSlot: () => void,
  cutOff: AbortSignal,
): Promise<string | typeof CUT_OFF> {
  const startedAt = performance.now();
  return timeout(timeoutMs, TimeoutStrategy.Cooperative).execute(async ({ signal }) => {
    try {
      const body = await exchange(signal);
      hangDetector.answered(subject, performance.now() - startedAt);
      // The slot is released here and not at the end of the run, because the time-out policy takes a while to settle.
      freeSlot();
      return body;
    } catch (error) {
      if (!signal.aborted) throw error;
      if (cutOff.reason !== SLOT_LOST) hangDetector.hung(subject);
      if (cutOff.aborted) return CUT_OFF;
      throw new UpstreamTimeoutError(operation, timeoutMs, { cause: error });
    }
  }, cutOff);
}
