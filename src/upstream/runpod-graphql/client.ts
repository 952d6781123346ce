import type { Demand } from '../../domain/catalog.ts';
import {
  UpstreamAnswerError,
  type UpstreamError,
  UpstreamRateLimitedError,
  UpstreamUnauthorizedError,
  UpstreamUnreachableError,
} from '../../domain/errors.ts';
import { type AttemptsOptions, createAttempts, type Outcome, type Question } from '../attempts.ts';
import { excerpt } from '../excerpt.ts';
import { BodyTooLargeError, type Fetch, type FetchResponse } from '../http.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { type Answer, parseAnswer } from './answer.ts';

/** A GraphQL operation as it is sent. */
export interface Operation {
  readonly operationName: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, string | number>>;
}

/** An operation and how its answer is read. */
export interface Reading<T> {
  readonly operation: Operation;
  /** The same for operations about the same thing. */
  readonly subject: string;
  /** @throws {UpstreamAnswerError} when the answer is not one to the operation. */
  readonly read: (answer: Answer) => Outcome<T>;
}

/** RunPod's GraphQL API over HTTP. */
export interface RunPodClient {
  /** Sends an operation and returns what was read. Rejects with an `UpstreamError`, or when `demand` is gone. */
  readonly send: <T>(reading: Reading<T>, demand: Demand) => Promise<T>;
  /** Whether requests are made: not while the circuit is open, and half open while a probe is under way. */
  readonly circuit: 'closed' | 'half-open' | 'open';
}

/** What the client needs. */
export interface RunPodClientOptions extends Omit<AttemptsOptions, 'probe'> {
  readonly url: URL;
  /** Sent as a bearer header, to `url` only; RunPod's catalog answers without one. */
  readonly apiKey: string | undefined;
  readonly fetch: Fetch;
  /** Operation that is about no GPU type in particular. */
  readonly probe: Reading<unknown>;
}

/**
 * An explicit User-Agent is sent, since RunPod's firewall refuses some default ones, and redirects are not followed, since
 * the key must not go elsewhere.
 */
export function createRunPodClient({ url, apiKey, fetch, probe, ...options }: RunPodClientOptions): RunPodClient {
  const headers = {
    accept: 'application/graphql-response+json, application/json',
    'content-type': 'application/json',
    'user-agent': 'gpu-availability-gateway/0.1',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };

  function toQuestion<T>({ operation, subject, read }: Reading<T>): Question<T> {
    const body = JSON.stringify(operation);
    const post = (signal: AbortSignal) => fetch(url.href, { method: 'POST', headers, body, signal });
    return {
      operation: operation.operationName,
      subject,
      attempt: async (signal) => read(await exchange(operation.operationName, () => post(signal))),
    };
  }

  const attempts = createAttempts({ ...options, probe: toQuestion(probe) });
  return {
    send: (reading, demand) => attempts.ask(toQuestion(reading), demand),
    get circuit() {
      return attempts.circuit;
    },
  };
}

/** The status counts first: an answer that refuses may have a body of any kind, or one that never ends. */
async function exchange(operationName: string, post: () => Promise<FetchResponse>): Promise<Answer> {
  const response = await reach(operationName, post);
  const refusal = refusalOf(operationName, response);
  if (refusal !== null) {
    await response.discard();
    throw refusal;
  }
  const text = await reach(operationName, () => response.text());
  if (response.status === 200) return parseAnswer(operationName, text);
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

/** What the status alone says, of a key, of a limit, or of a server that is not well; else `null`. */
function refusalOf(operationName: string, { status, headers }: FetchResponse): UpstreamError | null {
  if (status === 401 || status === 403) return new UpstreamUnauthorizedError(operationName, status);
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), Date.now());
  if (status === 429) return new UpstreamRateLimitedError(operationName, retryAfterMs);
  return status >= 500 ? new UpstreamUnreachableError(operationName, `HTTP ${status}`, { retryAfterMs }) : null;
}
