import {
  UpstreamAnswerError,
  type UpstreamError,
  UpstreamGoneError,
  UpstreamRateLimitedError,
  UpstreamUnauthorizedError,
  UpstreamUnreachableError,
} from '../../domain/errors.ts';
import { excerpt } from './excerpt.ts';
import { BodyTooLargeError, type FetchResponse } from './http.ts';
import { parseRetryAfter } from './retry-after.ts';

/**
 * Sends a request, and returns the response body if the status is 200. Otherwise, rejects with an `UpstreamError` that describes the
 * failure. If RunPod refuses the request, only the status is read. The body is not read, because it may have any format or never end.
 */
export async function exchange(operationName: string, send: () => Promise<FetchResponse>): Promise<string> {
  const response = await reach(operationName, send);
  const refusal = refusalOf(operationName, response);
  if (refusal !== null) {
    await response.discard();
    throw refusal;
  }
  const text = await reach(operationName, () => response.text());
  if (response.status === 200) return text;
  throw new UpstreamAnswerError(operationName, `HTTP ${response.status}`, { cause: excerpt(text, 500) });
}

/** Converts connection errors of `wait` into `UpstreamError`s. */
async function reach<T>(operationName: string, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (cause) {
    if (cause instanceof BodyTooLargeError) throw new UpstreamAnswerError(operationName, cause.message, { cause });
    throw new UpstreamUnreachableError(operationName, 'the connection failed or broke', { cause });
  }
}

/**
 * Returns the error that the status alone implies: an invalid key, a rate limit, or a server that is retired or failing. Returns `null` for
 * any other status.
 */
function refusalOf(operationName: string, { status, headers }: FetchResponse): UpstreamError | null {
  if (status === 401 || status === 403) return new UpstreamUnauthorizedError(operationName, status);
  if (status === 410) return new UpstreamGoneError(operationName);
  // If the server sends its own date, the waiting time is measured from that date, because the clock of this machine may be wrong.
  const serverNow = Date.parse(headers.get('date') ?? '');
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Number.isNaN(serverNow) ? Date.now() : serverNow);
  if (status === 429) return new UpstreamRateLimitedError(operationName, retryAfterMs);
  return status >= 500 ? new UpstreamUnreachableError(operationName, `HTTP ${status}`, { retryAfterMs }) : null;
}

/**
 * Parses a JSON body.
 * @throws {UpstreamAnswerError} when the body is not JSON.
 */
export function parseJson(operationName: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message is not used, because it might quote a part of a secret, which the log could not recognise.
    throw new UpstreamAnswerError(operationName, 'the body is not JSON', { cause: excerpt(text, 500) });
  }
}
