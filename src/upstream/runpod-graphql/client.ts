import type { Demand } from '../../domain/catalog.ts';
import type { Asked } from '../../domain/clock.ts';
import { type AttemptsOptions, createAttempts, type Outcome, type Question } from '../attempts.ts';
import { exchange } from '../exchange.ts';
import type { Fetch } from '../http.ts';
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
  /** Reads an answer, which was asked for at a moment. @throws {UpstreamAnswerError} when it does not answer the operation. */
  readonly read: (answer: Answer, asked: Asked) => Outcome<T>;
}

/** RunPod's GraphQL API over HTTP. */
export interface RunPodClient {
  /** Sends an operation and returns what was read. Rejects with an `UpstreamError`, or when `demand` is gone. */
  readonly send: <T>(reading: Reading<T>, demand: Demand) => Promise<T>;
  /** Whether requests are made: not while the circuit is open, and half open while a probe is under way. */
  readonly circuit: 'closed' | 'half-open' | 'open';
  /** Whether RunPod has said that the API is gone. */
  readonly isGone: boolean;
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
      exchange: (signal) => exchange(operation.operationName, () => post(signal)),
      read: (text, asked) => read(parseAnswer(operation.operationName, text), asked),
    };
  }

  const attempts = createAttempts({ ...options, probe: toQuestion(probe) });
  return {
    send: (reading, demand) => attempts.ask(toQuestion(reading), demand),
    get circuit() {
      return attempts.circuit;
    },
    get isGone() {
      return attempts.isGone;
    },
  };
}
