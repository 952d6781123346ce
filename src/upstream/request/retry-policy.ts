import { DelegateBackoff, ExponentialBackoff, handleWhen, type IBackoff, type RetryPolicy, retry } from 'cockatiel';
import { UpstreamRateLimitedError, UpstreamTimeoutError, UpstreamUnreachableError } from '../../domain/errors.ts';
import { LONGEST_WAIT_MS } from './lane-pause.ts';

/** Creates a policy that repeats a failed request up to `retries` times if the failure may be temporary. */
export const createRetryPolicy = (retries: number): RetryPolicy =>
  retry(handleWhen(mayPass), { maxAttempts: retries, backoff: createBackoff() });

/**
 * Whether the request may succeed if it is sent again after this error. This is the case after a time-out, a failed connection, HTTP 5xx or
 * HTTP 429. It is not the case if RunPod sent a Retry-After that is longer than `LONGEST_WAIT_MS`.
 */
function mayPass(error: Error): boolean {
  return error instanceof UpstreamTimeoutError || (saysWhen(error) && (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS);
}

const saysWhen = (error: unknown) =>
  error instanceof UpstreamUnreachableError || error instanceof UpstreamRateLimitedError;

/** Creates an exponential back-off with jitter. A delay is never shorter than RunPod's Retry-After. */
function createBackoff() {
  const exponential = new ExponentialBackoff<unknown>({ initialDelay: 200, maxDelay: 5000 });
  return new DelegateBackoff<{ readonly result: object }, IBackoff<unknown>>((context, before) => {
    const state = (before ?? exponential).next(context);
    const error = 'error' in context.result ? context.result.error : undefined;
    const askedMs = saysWhen(error) ? (error.retryAfterMs ?? 0) : 0;
    return { delay: Math.max(state.duration, askedMs), state };
  });
}
