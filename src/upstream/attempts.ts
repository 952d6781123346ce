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
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { type Asked, askedNow, type Clock } from '../domain/clock.ts';
import {
  type FailureCode,
  UpstreamError,
  UpstreamGoneError,
  UpstreamNotAttemptedError,
  UpstreamRateLimitedError,
  UpstreamTimeoutError,
  UpstreamUnreachableError,
} from '../domain/errors.ts';
import { type Tracer, UNTRACED } from '../tracing/tracer.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import type { Lane } from './line.ts';
import { createPatience } from './patience.ts';
import { CUT_OFF, SLOT_LOST, type Task } from './place.ts';
import { createSlowDown, LONGEST_WAIT_MS, type ShareRefusals } from './slow-down.ts';

/** What was read of an answer, and whether it has all that was asked for. */
export interface Outcome<T> {
  readonly value: T;
  readonly complete: boolean;
}

/** Something to ask of a source by one HTTP request. */
export interface Question<T> {
  /** Name of the operation, for people. */
  readonly operation: string;
  /** The same for questions about the same thing. For a list, which all other questions depend on, it is the operation. */
  readonly subject: string;
  /** Makes the request, and gives the body of the answer. Rejects with an `UpstreamError`, and soon after `signal` is aborted. */
  readonly exchange: (signal: AbortSignal) => Promise<string>;
  /**
   * Reads the body of the answer. `asked` is when the request that brought it was sent, after waiting for a slot and after all
   * requests that failed before. @throws {UpstreamError} when the body does not answer the question.
   */
  readonly read: (body: string, asked: Asked) => Outcome<T>;
}

/** How a request ended. */
export interface AttemptReport {
  readonly operation: string;
  readonly subject: string;
  /**
   * YIELDED: it was cut off to make way for others, or because it lost its slot, and will be made again within the same attempt. It is
   * no failure.
   */
  readonly outcome: 'COMPLETE' | 'INCOMPLETE' | 'YIELDED' | FailureCode;
  readonly durationMs: number;
  /** `null` unless it failed. */
  readonly error: UpstreamError | null;
}

/** What attempts need. */
export interface AttemptsOptions {
  /** Where they wait. */
  readonly lane: Lane;
  readonly clock: Clock;
  /** Shares with other replicas that RunPod asks for fewer requests. */
  readonly shareRefusals: ShareRefusals;
  /** One attempt, from sending to the last byte of the answer; waiting for a slot does not count. */
  readonly timeoutMs: number;
  /** Further attempts after a failure that may pass. */
  readonly retries: number;
  /** Whether an HTTP 410 is for the whole source, and for good. */
  readonly endsWhenGone: boolean;
  /** A question about no GPU type in particular, to find out whether the source is up. */
  readonly probe: Question<unknown>;
  /** Called for every request that ended. */
  readonly onAttempt: (report: AttemptReport) => void;
  /** Gets a span for each question and each request. */
  readonly tracer?: Tracer;
}

/** Asks a source, again where that helps. */
export interface Attempts {
  /** Rejects with an `UpstreamError`, or with the reason of `demand.signal` when that was aborted. */
  ask<T>(question: Question<T>, demand: Demand): Promise<T>;
  readonly circuit: Circuit['state'];
  /** Whether the source has said that it is gone for good (HTTP 410): then nothing more is asked of it. */
  readonly isGone: boolean;
}

/**
 * Retry around circuit around lane around time-out: a wait before a retry holds no slot, a wait for a slot does not count
 * against the time-out, and every attempt passes the circuit. A request that takes much longer than usual while others wait is cut
 * off once and made again after them: the lane does this within one attempt, so that neither retry nor circuit counts it. An
 * answer is read when its slot has been given to the next request.
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
  const patience = createPatience(timeoutMs);
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
    onOpen: () => lane.refuseAll((operation) => new UpstreamNotAttemptedError(operation, 'it has failed as a whole')),
  });

  let isGone = false;

  /** It is for good, so that what waits need not be asked. */
  function bury(): void {
    isGone = true;
    lane.refuseAll((operation) => new UpstreamGoneError(operation));
  }

  async function enter<T>(question: Question<T>, demand: Demand, at: 'front' | 'back'): Promise<T> {
    if (isGone) throw new UpstreamGoneError(question.operation);
    if (lane.pausedMs() > LONGEST_WAIT_MS) throw new UpstreamRateLimitedError(question.operation, lane.pausedMs());
    const { operation, subject } = question;
    const isList = subject === operation;
    const task: Task<T> = {
      name: operation,
      // The line calls it in the context of the task that has left the slot.
      run: AsyncResource.bind((leave: () => void, cutOff: AbortSignal) => traceRequest(question, leave, cutOff)),
      patienceMs: () => (isList ? Number.POSITIVE_INFINITY : patience.limitMs(subject)),
      isSuspect: () => !isList && patience.isSuspect(subject),
    };
    return lane.enter(task, demand, at);
  }

  function traceRequest<T>(question: Question<T>, leave: () => void, cutOff: AbortSignal) {
    const { operation, subject } = question;
    const attributes = { 'gateway.upstream.operation': operation, 'gateway.upstream.subject': subject };
    return tracer.span(operation, { kind: 'client', attributes }, () => makeRequest(question, leave, cutOff));
  }

  async function makeRequest<T>(
    { operation, subject, exchange, read }: Question<T>,
    leave: () => void,
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
          patience.answered(subject, performance.now() - startedAt);
          // At once, since the time-out takes a while to end.
          leave();
          return answered;
        } catch (error) {
          if (!signal.aborted) throw error;
          if (cutOff.reason !== SLOT_LOST) patience.hung(subject);
          if (cutOff.aborted) return CUT_OFF;
          throw new UpstreamTimeoutError(operation, timeoutMs, { cause: error });
        }
      }, cutOff);
      if (body === CUT_OFF) {
        report('YIELDED', null);
        return CUT_OFF;
      }
      // undici sends the next request over the connection at the next turn of the event loop.
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
      // What nobody waits for is no part of the trace of who caused it.
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

/** Silence, no connection, HTTP 5xx and 429, unless RunPod asks for more patience than a client has. */
function mayPass(error: Error): boolean {
  return error instanceof UpstreamTimeoutError || (saysWhen(error) && (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS);
}

const saysWhen = (error: unknown) =>
  error instanceof UpstreamUnreachableError || error instanceof UpstreamRateLimitedError;

/** Exponential with jitter, and never before RunPod's Retry-After. */
function createBackoff() {
  const exponential = new ExponentialBackoff<unknown>({ initialDelay: 200, maxDelay: 5000 });
  return new DelegateBackoff<{ readonly result: object }, IBackoff<unknown>>((context, before) => {
    const state = (before ?? exponential).next(context);
    const error = 'error' in context.result ? context.result.error : undefined;
    const askedMs = saysWhen(error) ? (error.retryAfterMs ?? 0) : 0;
    return { delay: Math.max(state.duration, askedMs), state };
  });
}
