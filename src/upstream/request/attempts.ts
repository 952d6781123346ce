import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import {
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
  retry,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import type { Demand } from '../../domain/catalog.ts';
import { GATEWAY } from '../../domain/client.ts';
import { type Asked, askedNow, type Clock } from '../../domain/clock.ts';
import {
  type FailureCode,
  UpstreamError,
  UpstreamGoneError,
  UpstreamNotAttemptedError,
  UpstreamRateLimitedError,
  UpstreamTimeoutError,
  UpstreamUnreachableError,
} from '../../domain/errors.ts';
import { type Tracer, UNTRACED } from '../../observability/tracing/tracer.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import { createHangDetector } from './hang-detector.ts';
import type { Lane } from './lane.ts';
import { createSlowDown, LONGEST_WAIT_MS, type ShareRefusals } from './slow-down.ts';
import { CUT_OFF, SLOT_LOST, type Task } from './task.ts';

/** The value that was read from a response, and whether the response contains everything that was asked for. */
export interface ParsedResponse<T> {
  readonly value: T;
  readonly complete: boolean;
}

/** A question to a source, answered by one HTTP request. */
export interface SourceRequest<T> {
  /** Name of the operation, for logs and error messages. */
  readonly operation: string;
  /**
   * Identifies what the question is about: questions about the same thing share a subject. The subject of a list is its operation. All
   * other questions depend on the lists, so a request for a list is never cut off.
   */
  readonly subject: string;
  /** Sends the request and returns the response body. Rejects with an `UpstreamError`, and soon after `signal` is aborted. */
  readonly exchange: (signal: AbortSignal) => Promise<string>;
  /**
   * Parses the response body. `asked` is the time when this request was sent: after the wait for a slot, and after all earlier attempts.
   * @throws {UpstreamError} when the body does not answer the question.
   */
  readonly read: (body: string, asked: Asked) => ParsedResponse<T>;
}

/** How one request ended. */
export interface AttemptReport {
  readonly operation: string;
  readonly subject: string;
  /**
   * YIELDED: the request was cut off to make way for others, or because it lost its slot. It will be sent again within the same attempt, so
   * it does not count as a failure.
   */
  readonly outcome: 'COMPLETE' | 'INCOMPLETE' | 'YIELDED' | FailureCode;
  readonly durationMs: number;
  /** `null` if the request succeeded or yielded. */
  readonly error: UpstreamError | null;
}

/** Dependencies and limits of `createAttempts`. */
export interface AttemptsOptions {
  /** The queue in which the source's requests wait for a slot. */
  readonly lane: Lane;
  readonly clock: Clock;
  /** Tells other replicas to pause when RunPod answers with 429. */
  readonly shareRefusals: ShareRefusals;
  /**
   * Time limit of one attempt in milliseconds, from sending the request to the last byte of the response. Waiting for a slot does not
   * count.
   */
  readonly timeoutMs: number;
  /** Number of further attempts after a temporary failure. */
  readonly retries: number;
  /** Whether an HTTP 410 means that the whole source is gone for good. */
  readonly endsWhenGone: boolean;
  /** A question about no particular GPU type, which shows whether the source is up. */
  readonly probe: SourceRequest<unknown>;
  /** Called at the end of every request. */
  readonly onAttempt: (report: AttemptReport) => void;
  /** Records a span for each question and each request. */
  readonly tracer?: Tracer;
}

/** Asks a source, and retries temporary failures. */
export interface Attempts {
  /** Rejects with an `UpstreamError`, or with the reason of `demand.signal` if that is aborted. */
  ask<T>(question: SourceRequest<T>, demand: Demand): Promise<T>;
  readonly circuit: Circuit['state'];
  /** Whether the source answered that it is gone for good (HTTP 410). Nothing more is then sent to it. */
  readonly isGone: boolean;
}

/**
 * Nests four policies, from the outside in: retry, circuit breaker, queue, time-out. So a wait before a retry holds no slot, a wait for a
 * slot does not count against the time-out, and every attempt passes the circuit breaker. When a request takes much longer than usual while
 * others wait, the lane cuts it off once and sends it again after them, within the same attempt. Neither the retries nor the circuit
 * breaker count that. A response is parsed after its slot has gone to the next request.
 */
export function createAttempts({
  lane,
  clock,
  shareRefusals,
  timeoutMs,
  retries,
  endsWhenGone,
  probe,
  onAttempt,
  tracer = UNTRACED,
}: AttemptsOptions): Attempts {
  const timed = timeout(timeoutMs, TimeoutStrategy.Cooperative);
  const hangDetector = createHangDetector(timeoutMs);
  const retrying = retry(handleWhen(mayPass), { maxAttempts: retries, backoff: createBackoff() });
  const askProbe = () =>
    tracer.span('probe', { apart: true }, () =>
      enter(probe, { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] }, 'front'),
    );
  const slowDown = createSlowDown(
    lane,
    async () => {
      const error: unknown = await askProbe().then(
        () => null,
        (reason: unknown) => reason,
      );
      return error instanceof UpstreamRateLimitedError;
    },
    shareRefusals,
  );
  const circuit = createCircuit({
    probe: askProbe,
    onOpen: () => lane.rejectAll((operation) => new UpstreamNotAttemptedError(operation, 'its API is down')),
  });

  let isGone = false;

  /** Marks the source as gone for good and rejects everything that waits for it. */
  function bury(): void {
    isGone = true;
    lane.rejectAll((operation) => new UpstreamGoneError(operation));
  }

  async function enter<T>(question: SourceRequest<T>, demand: Demand, at: 'front' | 'back'): Promise<T> {
    if (isGone) throw new UpstreamGoneError(question.operation);
    if (lane.pausedMs() > LONGEST_WAIT_MS) throw new UpstreamRateLimitedError(question.operation, lane.pausedMs());
    const { operation, subject } = question;
    const isList = subject === operation;
    const task: Task<T> = {
      name: operation,
      // The queue may call this in the async context of another task: the one that just left the slot.
      run: AsyncResource.bind((freeSlot: () => void, cutOff: AbortSignal) => traceRequest(question, freeSlot, cutOff)),
      yieldAfterMs: () => (isList ? Number.POSITIVE_INFINITY : hangDetector.yieldAfterMs(subject)),
      isSuspect: () => !isList && hangDetector.isSuspect(subject),
    };
    return lane.enter(task, demand, at);
  }

  function traceRequest<T>(question: SourceRequest<T>, freeSlot: () => void, cutOff: AbortSignal) {
    const { operation, subject } = question;
    const attributes = { 'gateway.upstream.operation': operation, 'gateway.upstream.subject': subject };
    return tracer.span(operation, { kind: 'client', attributes }, () => makeRequest(question, freeSlot, cutOff));
  }

  async function makeRequest<T>(
    { operation, subject, exchange, read }: SourceRequest<T>,
    freeSlot: () => void,
    cutOff: AbortSignal,
  ): Promise<T | typeof CUT_OFF> {
    const startedAt = performance.now();
    const asked = askedNow(clock);
    const report = (outcome: AttemptReport['outcome'], error: UpstreamError | null) =>
      onAttempt({ operation, subject, outcome, durationMs: Math.round(performance.now() - startedAt), error });
    try {
      const body = await timed.execute(async ({ signal }) => {
        try {
          const answered = await exchange(signal);
          hangDetector.answered(subject, performance.now() - startedAt);
          // Free the slot now, because the time-out policy takes a while to settle.
          freeSlot();
          return answered;
        } catch (error) {
          if (!signal.aborted) throw error;
          if (cutOff.reason !== SLOT_LOST) hangDetector.hung(subject);
          if (cutOff.aborted) return CUT_OFF;
          throw new UpstreamTimeoutError(operation, timeoutMs, { cause: error });
        }
      }, cutOff);
      if (body === CUT_OFF) {
        report('YIELDED', null);
        return CUT_OFF;
      }
      // undici sends the next request on this connection in the next turn of the event loop. Parse after that.
      await setImmediate();
      const { value, complete } = read(body, asked);
      slowDown.answered();
      report(complete ? 'COMPLETE' : 'INCOMPLETE', null);
      return value;
    } catch (error) {
      if (error instanceof UpstreamGoneError && endsWhenGone) bury();
      if (error instanceof UpstreamRateLimitedError) slowDown.refused(error.retryAfterMs, startedAt);
      if (error instanceof UpstreamError) report(error.code, error);
      throw error;
    }
  }

  return {
    ask(question, demand) {
      const { operation } = question;
      const once = () => circuit.run(operation, () => enter(question, demand, 'back'));
      // Background work has a trace of its own, apart from the request that caused it.
      const options = { apart: !demand.awaited };
      return tracer.span(`ask ${operation}`, options, () => retrying.execute(once, demand.signal));
    },
    get circuit() {
      return circuit.state;
    },
    get isGone() {
      return isGone;
    },
  };
}

/**
 * Whether a retry may help: after a time-out, a failed connection, HTTP 5xx or 429, unless RunPod's Retry-After is longer than a client
 * should wait.
 */
function mayPass(error: Error): boolean {
  return error instanceof UpstreamTimeoutError || (saysWhen(error) && (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS);
}

const saysWhen = (error: unknown) =>
  error instanceof UpstreamUnreachableError || error instanceof UpstreamRateLimitedError;

/** Exponential back-off with jitter, but never shorter than RunPod's Retry-After. */
function createBackoff() {
  const exponential = new ExponentialBackoff<unknown>({ initialDelay: 200, maxDelay: 5000 });
  return new DelegateBackoff<{ readonly result: object }, IBackoff<unknown>>((context, before) => {
    const state = (before ?? exponential).next(context);
    const error = 'error' in context.result ? context.result.error : undefined;
    const askedMs = saysWhen(error) ? (error.retryAfterMs ?? 0) : 0;
    return { delay: Math.max(state.duration, askedMs), state };
  });
}
