import type { Shortage } from './permit.ts';

/** The reason why a cell could not be observed. The public schema explains each code. */
export type FailureCode =
  | 'TIMEOUT'
  | 'RATE_LIMITED'
  | 'UNAUTHORIZED'
  | 'BAD_RESPONSE'
  | 'UNREACHABLE'
  | 'NOT_ATTEMPTED';

/**
 * Thrown when data could not be read from RunPod. The message is for clients and never quotes RunPod. The `cause` contains what RunPod
 * sent, if anything, and appears only in the log.
 */
export abstract class UpstreamError extends Error {
  abstract readonly code: FailureCode;
}

/** Thrown when RunPod did not complete its response within `timeoutMs`. */
export class UpstreamTimeoutError extends UpstreamError {
  override readonly name = 'UpstreamTimeoutError';
  readonly code = 'TIMEOUT';
  constructor(operation: string, timeoutMs: number, options?: ErrorOptions) {
    super(`RunPod did not answer ${operation} within ${timeoutMs} ms`, options);
  }
}

/**
 * Thrown when RunPod limits requests: it has answered this request or a recent one with HTTP 429, or has reported that no requests are left
 * in a rate limit.
 */
export class UpstreamRateLimitedError extends UpstreamError {
  override readonly name = 'UpstreamRateLimitedError';
  readonly code = 'RATE_LIMITED';
  /** The time to wait before the next request, as RunPod requested it, in milliseconds; `null` if RunPod named no time. */
  readonly retryAfterMs: number | null;
  constructor(operation: string, retryAfterMs: number | null) {
    super(`RunPod limits requests, and ${operation} exceeds the limit`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when RunPod answered with HTTP 401 or 403, because of a wrong key, a key without the required scope, or RunPod's firewall. */
export class UpstreamUnauthorizedError extends UpstreamError {
  override readonly name = 'UpstreamUnauthorizedError';
  readonly code = 'UNAUTHORIZED';
  constructor(operation: string, status: number) {
    super(`RunPod refused ${operation}: the gateway is not authorized (HTTP ${status})`);
  }
}

/** Thrown when there was no connection, when the connection broke, or when RunPod answered with HTTP 5xx. */
export class UpstreamUnreachableError extends UpstreamError {
  override readonly name = 'UpstreamUnreachableError';
  readonly code = 'UNREACHABLE';
  /** The time to wait before the next request, as RunPod requested it, in milliseconds; `null` if RunPod named no time. */
  readonly retryAfterMs: number | null;
  constructor(
    operation: string,
    /** What happened, such as 'the connection failed or broke' or 'HTTP 502'. */
    reason: string,
    { retryAfterMs = null, ...options }: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
  ) {
    super(`RunPod could not be reached for ${operation}: ${reason}`, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when RunPod answered with an error, or when its answer does not have the expected form. */
export class UpstreamAnswerError extends UpstreamError {
  override readonly name = 'UpstreamAnswerError';
  readonly code = 'BAD_RESPONSE';
  constructor(
    operation: string,
    /** What is wrong with the answer, such as 'HTTP 404' or 'the body is not JSON'. */
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`RunPod did not answer ${operation} as expected: ${reason}`, options);
  }
}

/** Thrown when RunPod has retired the requested operation permanently (HTTP 410). */
export class UpstreamGoneError extends UpstreamError {
  override readonly name = 'UpstreamGoneError';
  readonly code = 'BAD_RESPONSE';
  constructor(operation: string) {
    super(`RunPod no longer answers ${operation}: HTTP 410`);
  }
}

/**
 * Thrown when the gateway did not send the request to RunPod. If the reason is a client's budget, `ClientLimitedError` is thrown instead.
 */
export class UpstreamNotAttemptedError extends UpstreamError {
  override readonly name = 'UpstreamNotAttemptedError';
  readonly code = 'NOT_ATTEMPTED';
  constructor(
    operation: string,
    /** Why the request was not sent, such as 'too many requests are waiting'. */
    reason: string,
  ) {
    super(`No request for ${operation} was sent to RunPod: ${reason}`);
  }
}

/** Thrown when the gateway did not send the request to RunPod because the client has used up its budget of requests per minute. */
export class ClientLimitedError extends UpstreamError {
  override readonly name = 'ClientLimitedError';
  readonly code = 'RATE_LIMITED';
  constructor(perMinute: number, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    super(
      `No request was sent to RunPod: you have caused ${perMinute} requests to it within a minute, which is the limit for one client. Try again in ${seconds} s.`,
    );
  }
}

/** Thrown when an operation would exceed a limit for clients. The message names the limit. */
export class OperationTooComplexError extends Error {
  override readonly name = 'OperationTooComplexError';
}

/** Thrown when a client sends an argument that has no valid meaning. The message describes the valid values. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
}

/** Thrown when a subscription cannot resume after the requested event, because the events after it are no longer available. */
export class EventsMissedError extends Error {
  override readonly name = 'EventsMissedError';
  constructor() {
    super(
      'The events after lastEventId are no longer available. Query the current state, then subscribe without lastEventId.',
    );
  }
}

/** Thrown when one client, or all clients together, have too many subscriptions. The message names the limit. */
export class TooManySubscriptionsError extends Error {
  override readonly name = 'TooManySubscriptionsError';
}

/**
 * Thrown when the gateway refuses a large response for now, for lack of memory or CPU time, or because the client has much unread data. The
 * message says what the client can do.
 */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  readonly shortage: Shortage;
  constructor(shortage: Shortage) {
    super(SHORTAGES[shortage]);
    this.shortage = shortage;
  }
}

const SHORTAGES: Readonly<Record<Shortage, string>> = {
  client: 'You have not read earlier responses of this gateway. Read them before you request another large one.',
  room: 'The gateway is sending too many large responses. Try again in a few seconds, or request less.',
  time: 'The gateway is overloaded and answers small requests only. Try again in a few seconds, or request less.',
};
