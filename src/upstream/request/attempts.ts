import type { Demand } from '../../domain/catalog.ts';
import { GATEWAY } from '../../domain/client.ts';
import type { Clock } from '../../domain/clock.ts';
import { UpstreamGoneError, UpstreamNotAttemptedError, UpstreamRateLimitedError } from '../../domain/errors.ts';
import { type Tracer, UNTRACED } from '../../observability/tracing/tracer.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import { createHangDetector } from './hang-detector.ts';
import type { Lane } from './lane.ts';
import { LONGEST_WAIT_MS } from './lane-pause.ts';
import { toTask } from './request-task.ts';
import { createRetryPolicy } from './retry-policy.ts';
import { createSlowDown, type ShareRefusals } from './slow-down.ts';
import type { AttemptReport, SourceRequest } from './source-request.ts';
import type { End } from './waiting-list.ts';

/** Dependencies and limits of `createAttempts`. */
export interface AttemptsOptions {
  /** The queue in which requests to this source wait for a slot. */
  readonly lane: Lane;
  readonly clock: Clock;
  /** Shares the pauses after HTTP 429 (too many requests) with other replicas. */
  readonly shareRefusals: ShareRefusals;
  /**
   * The time limit of one attempt in milliseconds, from sending the request to the last byte of the response. The wait for a slot does not
   * count.
   */
  readonly timeoutMs: number;
  /** The maximum number of retries after temporary failures. */
  readonly retries: number;
  /** Whether an answer with HTTP 410 means that the whole source is permanently retired. */
  readonly endsWhenGone: boolean;
  /** A probe: a request about no particular GPU type, which shows whether the source is up. */
  readonly probe: SourceRequest<unknown>;
  /**
   * Called at the end of every run of a request. An attempt is usually one run. If a run is cut off (aborted and queued again), the attempt
   * consists of several runs.
   */
  readonly onAttempt: (report: AttemptReport) => void;
  /** Records a span for each request and each of its attempts. */
  readonly tracer?: Tracer;
}

/** Sends requests to a source, and retries temporary failures. */
export interface Attempts {
  /**
   * Sends a request and returns the parsed response. Rejects with an `UpstreamError`, or with the reason of `demand.signal` if the signal
   * is aborted.
   */
  ask<T>(request: SourceRequest<T>, demand: Demand): Promise<T>;
  readonly circuit: Circuit['state'];
  /** Whether the source has answered that it is permanently retired (HTTP 410). The gateway sends no more requests to it. */
  readonly isGone: boolean;
}

/**
 * Creates the object that sends the requests to one source. It nests four policies, from the outside in: retry, circuit breaker, queue,
 * time-out. So a request occupies no slot while it waits for a retry. The wait for a slot does not count against the time-out. Every
 * attempt passes the circuit breaker.
 * If a request takes much longer than usual while others wait, the queue cuts it off: it aborts the request and sends it again after the
 * others. This does not count as a retry, nor as a failure for the circuit breaker. A request releases its slot before its response is
 * parsed.
 */
export function createAttempts({ lane, retries, probe, tracer = UNTRACED, ...options }: AttemptsOptions): Attempts {
  const retrying = createRetryPolicy(retries);
  const hangDetector = createHangDetector(options.timeoutMs);
  const taskOptions = { ...options, hangDetector, tracer, onAnswered: () => slowDown.answered(), onFailed };
  const slowDown = createSlowDown(lane, sendProbe, options.shareRefusals);
  const circuit = createCircuit({
    probe: sendProbe,
    onOpen: () => lane.rejectAll((operation) => new UpstreamNotAttemptedError(operation, 'its API is down')),
  });
  let isGone = false;

  function onFailed(error: unknown, startedAt: number): void {
    if (error instanceof UpstreamRateLimitedError) slowDown.refused(error.retryAfterMs, startedAt);
    if (!(error instanceof UpstreamGoneError) || !options.endsWhenGone) return;
    isGone = true;
    lane.rejectAll((operation) => new UpstreamGoneError(operation));
  }

  async function enter<T>(request: SourceRequest<T>, demand: Demand, end: End): Promise<T> {
    if (isGone) throw new UpstreamGoneError(request.operation);
    if (lane.pausedMs() > LONGEST_WAIT_MS) throw new UpstreamRateLimitedError(request.operation, lane.pausedMs());
    return lane.enter(toTask(request, taskOptions), demand, end);
  }

  function sendProbe(): Promise<unknown> {
    const demand = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };
    return tracer.span('probe', { apart: true }, () => enter(probe, demand, 'front'));
  }

  return {
    ask(request, demand) {
      const { operation } = request;
      const once = () => circuit.run(operation, () => enter(request, demand, 'back'));
      // Background work gets a trace of its own, so it does not appear in the trace of the request that caused it.
      const apart = !demand.awaited;
      return tracer.span(`ask ${operation}`, { apart }, () => retrying.execute(once, demand.signal));
    },
    get circuit() {
      return circuit.state;
    },
    get isGone() {
      return isGone;
    },
  };
}
