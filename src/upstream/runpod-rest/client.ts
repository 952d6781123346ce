import type { Demand } from '../../domain/catalog.ts';
import type { Asked } from '../../domain/clock.ts';
import { type AttemptsOptions, createAttempts, type Outcome, type Question } from '../attempts.ts';
import type { Circuit } from '../circuit.ts';
import { exchange, parseJson } from '../exchange.ts';
import type { Fetch } from '../http.ts';
import type { Quota } from './quota.ts';

/** What is asked, and how the answer is read. */
export interface Reading<T> {
  /** Name, for people. */
  readonly operation: string;
  /** Below the API's URL, such as 'catalog/gpus', and its parameters. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Reads a body, which was asked for at a moment. @throws {UpstreamAnswerError} when it is not an answer. */
  readonly read: (body: unknown, asked: Asked) => Outcome<T>;
}

/** RunPod's REST API v2. */
export interface RestClient {
  /** Asks, and returns what was read. Rejects with an `UpstreamError`, or when `demand` is gone. */
  readonly get: <T>(reading: Reading<T>, demand: Demand) => Promise<T>;
  readonly circuit: Circuit['state'];
}

/** What the client needs. */
export interface RestClientOptions extends Omit<AttemptsOptions, 'probe'> {
  readonly url: URL;
  /** Sent as a bearer header, to `url` only. */
  readonly apiKey: string | undefined;
  readonly fetch: Fetch;
  readonly quota: Quota;
  /** What is about no GPU type in particular. */
  readonly probe: Reading<unknown>;
}

/** Redirects are not followed, since the key must not go elsewhere. */
export function createRestClient({ url, apiKey, fetch, quota, probe, ...options }: RestClientOptions): RestClient {
  const headers = {
    accept: 'application/json, application/problem+json',
    'user-agent': 'gpu-availability-gateway/0.1',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };

  function toQuestion<T>({ operation, path, parameters, read }: Reading<T>): Question<T> {
    const target = new URL(url);
    target.pathname = `${target.pathname.replace(/\/$/, '')}/${path}`;
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
    return {
      operation,
      subject: `${operation} ${parameters['count'] ?? ''}`.trim(),
      exchange: (signal) =>
        exchange(operation, async () => {
          const response = await fetch(target.href, { method: 'GET', headers, signal });
          quota.told(response.headers);
          return response;
        }),
      read: (text, asked) => read(parseJson(operation, text), asked),
    };
  }

  const attempts = createAttempts({ ...options, probe: toQuestion(probe) });
  return {
    async get(reading, demand) {
      if (!demand.awaited) quota.refuseRenewal(reading.operation);
      return attempts.ask(toQuestion(reading), demand);
    },
    get circuit() {
      return attempts.circuit;
    },
  };
}
