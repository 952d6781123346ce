/** Why something could not be observed; the public schema explains each. */
export type FailureCode =
  | 'TIMEOUT'
  | 'RATE_LIMITED'
  | 'UNAUTHORIZED'
  | 'BAD_RESPONSE'
  | 'UNREACHABLE'
  | 'NOT_ATTEMPTED';

/**
 * An upstream that could not be read. The message is for clients: it holds nothing that the upstream sent. What it sent, if
 * anything, is the `cause`, which only the log may see.
 */
export abstract class UpstreamError extends Error {
  abstract readonly code: FailureCode;
}

/** RunPod did not finish its answer within `timeoutMs` of being asked. */
export class UpstreamTimeoutError extends UpstreamError {
  override readonly name = 'UpstreamTimeoutError';
  readonly code = 'TIMEOUT';
  constructor(operation: string, timeoutMs: number, options?: ErrorOptions) {
    super(`RunPod did not answer ${operation} within ${timeoutMs} ms`, options);
  }
}

/** RunPod asked for fewer requests: by an HTTP 429 to this one or to one shortly before, or by what it says is left of a limit. */
export class UpstreamRateLimitedError extends UpstreamError {
  override readonly name = 'UpstreamRateLimitedError';
  readonly code = 'RATE_LIMITED';
  /** How long RunPod asks to wait; `null` when it does not say. */
  readonly retryAfterMs: number | null;
  constructor(operation: string, retryAfterMs: number | null) {
    super(`RunPod limits requests, and ${operation} is past the limit`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** RunPod answered with HTTP 401 or 403: a bad key, a key without the scope, or its firewall. */
export class UpstreamUnauthorizedError extends UpstreamError {
  override readonly name = 'UpstreamUnauthorizedError';
  readonly code = 'UNAUTHORIZED';
  constructor(operation: string, status: number) {
    super(`RunPod refused ${operation}: the gateway is not authorized (HTTP ${status})`);
  }
}

/** There was no connection, it broke, or RunPod answered with HTTP 5xx. */
export class UpstreamUnreachableError extends UpstreamError {
  override readonly name = 'UpstreamUnreachableError';
  readonly code = 'UNREACHABLE';
  /** How long RunPod asks to wait; `null` when it does not say. */
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

/** RunPod answered, but not what was asked. */
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

/** RunPod has given up what was asked, for good (HTTP 410). */
export class UpstreamGoneError extends UpstreamError {
  override readonly name = 'UpstreamGoneError';
  readonly code = 'BAD_RESPONSE';
  constructor(operation: string) {
    super(`RunPod does not answer ${operation} any more: HTTP 410`);
  }
}

/** RunPod was not asked. */
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

/** RunPod was not asked, because the client has caused as many requests to it as it may in a minute. */
export class ClientLimitedError extends UpstreamError {
  override readonly name = 'ClientLimitedError';
  readonly code = 'RATE_LIMITED';
  constructor(perMinute: number, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    super(
      `RunPod was not asked: you have caused ${perMinute} requests to it within a minute, the most for one client. Ask again in ${seconds} s.`,
    );
  }
}

/** An operation of a client that would cost more than one may. The message says which limit it is past. */
export class OperationTooComplexError extends Error {
  override readonly name = 'OperationTooComplexError';
}

/** A client's argument without a possible meaning. The message says what would be right. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
}

/** A subscription that was to go on after an event that is not known any more. */
export class EventsMissedError extends Error {
  override readonly name = 'EventsMissedError';
  constructor() {
    super('What came after that event is not known any more. Read anew, and subscribe without lastEventId.');
  }
}

/** A subscription too many. The message says which limit it is past. */
export class TooManySubscriptionsError extends Error {
  override readonly name = 'TooManySubscriptionsError';
}

/** Why a large answer cannot be made now: its client has too much unread, or the gateway has no room or no time for it. */
export type Shortage = 'client' | 'room' | 'time';

/** A large answer that was refused because it cannot be made now. The message says what to do. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  readonly shortage: Shortage;
  constructor(shortage: Shortage) {
    super(SHORTAGES[shortage]);
    this.shortage = shortage;
  }
}

const SHORTAGES: Readonly<Record<Shortage, string>> = {
  client: 'You have not read earlier answers of this gateway. Read them before you ask for another large one.',
  room: 'The gateway has too many large answers under way. Try again in some seconds, or ask for less.',
  time: 'The gateway is overloaded, and answers small questions only. Try again in some seconds, or ask for less.',
};
