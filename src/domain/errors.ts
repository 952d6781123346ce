import type { Shortage } from './permit.ts';

/** Why a cell could not be observed. The public schema explains each code. */
export type FailureCode =
  | 'TIMEOUT'
  | 'RATE_LIMITED'
  | 'UNAUTHORIZED'
  | 'BAD_RESPONSE'
  | 'UNREACHABLE'
  | 'NOT_ATTEMPTED';

/**
 * RunPod could not be read. The message is for clients and never quotes the upstream. What the upstream sent, if anything, is the
 * `cause`, which goes to the log only.
 */
export abstract class UpstreamError extends Error {
  abstract readonly code: FailureCode;
}

/** RunPod did not complete its response within `timeoutMs`. */
export class UpstreamTimeoutError extends UpstreamError {
  override readonly name = 'UpstreamTimeoutError';
  readonly code = 'TIMEOUT';
  constructor(operation: string, timeoutMs: number, options?: ErrorOptions) {
    super(`RunPod did not answer ${operation} within ${timeoutMs} ms`, options);
  }
}

/** RunPod limits requests: it answered this request or a recent one with HTTP 429, or reported that a limit is used up. */
export class UpstreamRateLimitedError extends UpstreamError {
  override readonly name = 'UpstreamRateLimitedError';
  readonly code = 'RATE_LIMITED';
  /** How long RunPod asks to wait, in milliseconds; `null` if it names no time. */
  readonly retryAfterMs: number | null;
  constructor(operation: string, retryAfterMs: number | null) {
    super(`RunPod limits requests, and ${operation} exceeds the limit`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** RunPod answered with HTTP 401 or 403: a bad key, a key without the required scope, or RunPod's firewall. */
export class UpstreamUnauthorizedError extends UpstreamError {
  override readonly name = 'UpstreamUnauthorizedError';
  readonly code = 'UNAUTHORIZED';
  constructor(operation: string, status: number) {
    super(`RunPod refused ${operation}: the gateway is not authorized (HTTP ${status})`);
  }
}

/** There was no connection, the connection broke, or RunPod answered with HTTP 5xx. */
export class UpstreamUnreachableError extends UpstreamError {
  override readonly name = 'UpstreamUnreachableError';
  readonly code = 'UNREACHABLE';
  /** How long RunPod asks to wait, in milliseconds; `null` if it names no time. */
  readonly retryAfterMs: number | null;
  constructor(
    operation: string,
    /** What happened, such as 'no connection' or 'HTTP 502'. */
    reason: string,
    { retryAfterMs = null, ...options }: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
  ) {
    super(`RunPod could not be reached for ${operation}: ${reason}`, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** RunPod answered with an error, or with something other than what was requested. */
export class UpstreamAnswerError extends UpstreamError {
  override readonly name = 'UpstreamAnswerError';
  readonly code = 'BAD_RESPONSE';
  constructor(
    operation: string,
    /** What is wrong with the answer, such as 'HTTP 404' or 'the body is not JSON'. */
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`RunPod did not answer ${operation} as asked: ${reason}`, options);
  }
}

/** RunPod has retired the requested operation permanently (HTTP 410). */
export class UpstreamGoneError extends UpstreamError {
  override readonly name = 'UpstreamGoneError';
  readonly code = 'BAD_RESPONSE';
  constructor(operation: string) {
    super(`RunPod no longer answers ${operation}: HTTP 410`);
  }
}

/** The gateway did not send the request to RunPod. */
export class UpstreamNotAttemptedError extends UpstreamError {
  override readonly name = 'UpstreamNotAttemptedError';
  readonly code = 'NOT_ATTEMPTED';
  constructor(
    operation: string,
    /** Why not, such as 'too many requests are waiting'. */
    reason: string,
  ) {
    super(`RunPod was not asked for ${operation}: ${reason}`);
  }
}

/** The gateway did not send the request to RunPod, because the client has used up its requests for this minute. */
export class ClientLimitedError extends UpstreamError {
  override readonly name = 'ClientLimitedError';
  readonly code = 'RATE_LIMITED';
  constructor(perMinute: number, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    super(
      `RunPod was not asked: you have caused ${perMinute} requests to it within a minute, the limit for one client. Ask again in ${seconds} s.`,
    );
  }
}

/** An operation that would exceed a limit for clients. The message names the limit. */
export class OperationTooComplexError extends Error {
  override readonly name = 'OperationTooComplexError';
}

/** An argument of a client that has no valid meaning. The message describes valid values. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
}

/** A subscription cannot resume after the requested event, because later events are no longer available. */
export class EventsMissedError extends Error {
  override readonly name = 'EventsMissedError';
  constructor() {
    super(
      'The events after lastEventId are no longer available. Query the current state, then subscribe without lastEventId.',
    );
  }
}

/** A client, or all clients together, have too many subscriptions. The message names the limit. */
export class TooManySubscriptionsError extends Error {
  override readonly name = 'TooManySubscriptionsError';
}

/** A large response was refused because it cannot be produced now. The message says what to do. */
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
