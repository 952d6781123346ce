import pLimit from 'p-limit';
import {
  UpstreamAnswerError,
  UpstreamError,
  UpstreamRateLimitedError,
  UpstreamTimeoutError,
  UpstreamUnauthorizedError,
  UpstreamUnreachableError,
} from '../../domain/errors.ts';
import { type Answer, parseAnswer } from './answer.ts';

/** The part of `fetch` that is used, without following redirects: undici's pool, or an in-process server's. */
export type Fetch = (
  url: string,
  init: { method: 'POST'; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<FetchResponse>;

/** The part of a `Response` that is used. */
export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}

/** A GraphQL operation as it is sent. */
export interface Operation {
  readonly operationName: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, string | number>>;
}

/** Sends an operation and returns what RunPod answered. @throws {UpstreamError} when that is not a GraphQL answer. */
export type Send = (operation: Operation) => Promise<Answer>;

/** What the client needs. */
export interface RunPodClientOptions {
  readonly url: URL;
  /** Sent as a bearer header, to `url` only; RunPod's catalog answers without one. */
  readonly apiKey: string | undefined;
  /** HTTP requests in flight at once, over all callers. */
  readonly concurrency: number;
  /** One request, from sending to the last byte of the answer; waiting for a slot does not count. */
  readonly timeoutMs: number;
  readonly fetch: Fetch;
  /** Told of every request that ended: `undefined` for a good one. */
  readonly onSettled: (error: UpstreamError | undefined) => void;
}

/**
 * RunPod's GraphQL API over HTTP. An explicit User-Agent is sent, since RunPod's firewall refuses some default ones, and
 * redirects are not followed, since the key must not go elsewhere.
 */
export function createRunPodClient(options: RunPodClientOptions): Send {
  const limit = pLimit(options.concurrency);
  const headers = {
    accept: 'application/graphql-response+json, application/json',
    'content-type': 'application/json',
    'user-agent': 'gpu-availability-gateway/0.1',
    ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
  };

  return (operation) =>
    limit(async () => {
      try {
        const answer = await attempt(operation, headers, options);
        options.onSettled(undefined);
        return answer;
      } catch (error) {
        if (error instanceof UpstreamError) options.onSettled(error);
        throw error;
      }
    });
}

/** One HTTP request. Whatever limits, times or repeats requests belongs around or inside this function. */
async function attempt(
  operation: Operation,
  headers: Record<string, string>,
  { url, timeoutMs, fetch }: RunPodClientOptions,
): Promise<Answer> {
  const { operationName } = operation;
  const signal = AbortSignal.timeout(timeoutMs);
  const body = JSON.stringify(operation);
  let response: FetchResponse;
  let text: string;
  try {
    response = await fetch(url.href, { method: 'POST', headers, body, signal });
    text = await response.text();
  } catch (cause) {
    if (signal.aborted) throw new UpstreamTimeoutError(operationName, timeoutMs, { cause });
    throw new UpstreamUnreachableError(operationName, 'no connection, or it broke', { cause });
  }
  if (!response.ok) throw statusError(operationName, response.status, text);
  return parseAnswer(operationName, text);
}

function statusError(operationName: string, status: number, text: string): UpstreamError {
  if (status === 401 || status === 403) return new UpstreamUnauthorizedError(operationName, status);
  if (status === 429) return new UpstreamRateLimitedError(operationName);
  if (status >= 500) return new UpstreamUnreachableError(operationName, `HTTP ${status}`);
  return new UpstreamAnswerError(operationName, `HTTP ${status}`, { cause: text.slice(0, 500) });
}
