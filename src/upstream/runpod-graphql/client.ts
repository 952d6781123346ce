import type { Demand } from '../../domain/catalog.ts';
import type { Asked } from '../../domain/clock.ts';
import { type AttemptsOptions, createAttempts } from '../request/attempts.ts';
import { exchange } from '../request/exchange.ts';
import { type Fetch, USER_AGENT } from '../request/http.ts';
import type { ParsedResponse, SourceRequest } from '../request/source-request.ts';
import { type Answer, parseAnswer } from './answer.ts';

/** A GraphQL operation to send. */
export interface Operation {
  readonly operationName: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, string | number>>;
}

/** An operation, and how its response is parsed. */
export interface Reading<T> {
  readonly operation: Operation;
  /** What the operation is about. Operations about the same thing have the same subject. */
  readonly subject: string;
  /**
   * Reads a response. `asked` is when the request was sent.
   * @throws {UpstreamAnswerError} when the response does not answer the operation.
   */
  readonly read: (answer: Answer, asked: Asked) => ParsedResponse<T>;
}

/** A client of RunPod's GraphQL API. */
export interface RunPodClient {
  /**
   * Sends an operation and returns the parsed response. Rejects with an `UpstreamError`, or with the reason of `demand.signal` if the
   * signal is aborted.
   */
  readonly send: <T>(reading: Reading<T>, demand: Demand) => Promise<T>;
  /** The state of the circuit breaker. While it is open, no requests are sent. While it is half-open, only a probe is sent. */
  readonly circuit: 'closed' | 'half-open' | 'open';
  /** Whether RunPod has retired the API permanently. */
  readonly isGone: boolean;
}

/** Dependencies of `createRunPodClient`. */
export interface RunPodClientOptions extends Omit<AttemptsOptions, 'probe'> {
  readonly url: URL;
  /** The API key. It is sent as a bearer token, to `url` only. RunPod's catalog also answers without a key. */
  readonly apiKey: string | undefined;
  readonly fetch: Fetch;
  /** An operation about no particular GPU type, which shows whether the API is up. */
  readonly probe: Reading<unknown>;
}

/**
 * Creates a client. It sends its own User-Agent, because RunPod's firewall refuses the default User-Agents of some HTTP clients. It does
 * not follow redirects, because the key must not be sent to another server.
 */
export function createRunPodClient({ url, apiKey, fetch, probe, ...options }: RunPodClientOptions): RunPodClient {
  const headers = {
    accept: 'application/graphql-response+json, application/json',
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };

  function toRequest<T>({ operation, subject, read }: Reading<T>): SourceRequest<T> {
    const body = JSON.stringify(operation);
    const post = (signal: AbortSignal) => fetch(url.href, { method: 'POST', headers, body, signal });
    return {
      operation: operation.operationName,
      subject,
      exchange: (signal) => exchange(operation.operationName, () => post(signal)),
      read: (text, asked) => read(parseAnswer(operation.operationName, text), asked),
    };
  }

  const attempts = createAttempts({ ...options, probe: toRequest(probe) });
  return {
    send: (reading, demand) => attempts.ask(toRequest(reading), demand),
    get circuit() {
      return attempts.circuit;
    },
    get isGone() {
      return attempts.isGone;
    },
  };
}
