import { describe, expect, it } from 'vitest';
import {
  ClientLimitedError,
  EventsMissedError,
  InvalidArgumentError,
  OperationTooComplexError,
  OverloadedError,
  TooManySubscriptionsError,
  UpstreamAnswerError,
  UpstreamError,
  UpstreamGoneError,
  UpstreamNotAttemptedError,
  UpstreamRateLimitedError,
  UpstreamTimeoutError,
  UpstreamUnauthorizedError,
  UpstreamUnreachableError,
} from '../src/domain/errors.ts';

const cause = new Error('what RunPod sent');

describe('an error about a request to RunPod', () => {
  it.each<[string, () => UpstreamError, string, RegExp]>([
    [
      'UpstreamTimeoutError',
      () => new UpstreamTimeoutError('prices', 500, { cause }),
      'TIMEOUT',
      /prices within 500 ms$/,
    ],
    [
      'UpstreamRateLimitedError',
      () => new UpstreamRateLimitedError('prices', 1000),
      'RATE_LIMITED',
      /limit.*prices exceeds/,
    ],
    [
      'UpstreamUnauthorizedError',
      () => new UpstreamUnauthorizedError('prices', 403),
      'UNAUTHORIZED',
      /refused prices.*not authorized \(HTTP 403\)/,
    ],
    [
      'UpstreamUnreachableError',
      () => new UpstreamUnreachableError('prices', 'HTTP 502', { cause }),
      'UNREACHABLE',
      /could not be reached for prices: HTTP 502$/,
    ],
    [
      'UpstreamAnswerError',
      () => new UpstreamAnswerError('prices', 'the body is not JSON', { cause }),
      'BAD_RESPONSE',
      /did not answer prices as expected: the body is not JSON$/,
    ],
    ['UpstreamGoneError', () => new UpstreamGoneError('prices'), 'BAD_RESPONSE', /no longer answers prices: HTTP 410$/],
    [
      'UpstreamNotAttemptedError',
      () => new UpstreamNotAttemptedError('prices', 'too many requests are waiting'),
      'NOT_ATTEMPTED',
      /No request for prices was sent to RunPod: too many requests are waiting$/,
    ],
    [
      'ClientLimitedError',
      () => new ClientLimitedError(60, 5000),
      'RATE_LIMITED',
      /caused 60 requests .* within a minute/,
    ],
  ])('says what happened and to which request: %s', (name, create, code, message) => {
    const error = create();
    expect(error).toBeInstanceOf(UpstreamError);
    expect([error.name, error.code]).toEqual([name, code]);
    expect(error.message).toMatch(message);
  });

  it('keeps what RunPod sent in its `cause`, for the log, and not in its message, which clients receive', () => {
    const errors = [
      new UpstreamTimeoutError('prices', 500, { cause }),
      new UpstreamUnreachableError('prices', 'HTTP 502', { cause }),
      new UpstreamAnswerError('prices', 'HTTP 404', { cause }),
    ];
    expect(errors.map((error) => error.cause)).toEqual([cause, cause, cause]);
    for (const error of errors) expect(error.message).not.toContain(cause.message);
  });

  it('has the waiting time that RunPod named, if it named one', () => {
    expect(new UpstreamRateLimitedError('prices', 1000).retryAfterMs).toBe(1000);
    expect(new UpstreamRateLimitedError('prices', null).retryAfterMs).toBeNull();
    expect(new UpstreamUnreachableError('prices', 'HTTP 503', { retryAfterMs: 2000 }).retryAfterMs).toBe(2000);
    expect(new UpstreamUnreachableError('prices', 'HTTP 503').retryAfterMs).toBeNull();
  });
});

it.each([
  [0, 1],
  [1, 1],
  [1000, 1],
  [1001, 2],
  [59_999, 60],
])('the error for a client that must wait %d ms says: try again in %d s', (waitMs, seconds) => {
  expect(new ClientLimitedError(60, waitMs).message).toMatch(new RegExp(`Try again in ${seconds} s\\.$`));
});

it.each([
  ['client', /You have not read earlier responses/],
  ['room', /sending too many large responses.*Try again/],
  ['time', /is overloaded.*Try again/],
] as const)('the error for a large response that is refused for lack of %s says what to do', (shortage, message) => {
  const error = new OverloadedError(shortage);
  expect([error.name, error.shortage]).toEqual(['OverloadedError', shortage]);
  expect(error.message).toMatch(message);
});

it('the error for a subscriber that missed events says how to continue', () => {
  const error = new EventsMissedError();
  expect(error.name).toBe('EventsMissedError');
  expect(error.message).toMatch(/no longer available.*subscribe without lastEventId/);
});

it('errors about requests of clients have a name of their own, and their message unchanged', () => {
  const errors = [OperationTooComplexError, InvalidArgumentError, TooManySubscriptionsError].map(
    (Class) => new Class('the limit is 7'),
  );
  expect(errors.map(String)).toEqual([
    'OperationTooComplexError: the limit is 7',
    'InvalidArgumentError: the limit is 7',
    'TooManySubscriptionsError: the limit is 7',
  ]);
});
