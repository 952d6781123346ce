import {
  UpstreamAnswerError,
  type UpstreamError,
  UpstreamGoneError,
  UpstreamRateLimitedError,
  UpstreamUnauthorizedError,
  UpstreamUnreachableError,
} from '../domain/errors.ts';
import { excerpt } from './excerpt.ts';
import { BodyTooLargeError, type FetchResponse } from './http.ts';
import { parseRetryAfter } from './retry-after.ts';

/**
 * The body of a response with status 200. The status counts first: a response that refuses may have a body of any kind, or one
 * that never ends. Rejects with an `UpstreamError` that names what went wrong.
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

/** Waits for what comes over the connection. */
async function reach<T>(operationName: string, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (cause) {
    if (cause instanceof BodyTooLargeError) throw new UpstreamAnswerError(operationName, cause.message, { cause });
    throw new UpstreamUnreachableError(operationName, 'no connection, or it broke', { cause });
  }
}

/** What the status alone says, of a key, of a limit, or of a server that is gone or not well; else `null`. */
function refusalOf(operationName: string, { status, headers }: FetchResponse): UpstreamError | null {
  if (status === 401 || status === 403) return new UpstreamUnauthorizedError(operationName, status);
  if (status === 410) return new UpstreamGoneError(operationName);
  // By the server's own clock where it tells the time: ours may be wrong.
  const serverNow = Date.parse(headers.get('date') ?? '');
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Number.isNaN(serverNow) ? Date.now() : serverNow);
  if (status === 429) return new UpstreamRateLimitedError(operationName, retryAfterMs);
  return status >= 500 ? new UpstreamUnreachableError(operationName, `HTTP ${status}`, { retryAfterMs }) : null;
}

/** The value that a body stands for. @throws {UpstreamAnswerError} when it is not JSON. */
export function parseJson(operationName: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote half a word.
    throw new UpstreamAnswerError(operationName, 'the body is not JSON', { cause: excerpt(text, 500) });
  }
}
