import type { Demand } from '../../domain/catalog.ts';
import type { Asked } from '../../domain/clock.ts';
import { type AttemptsOptions, createAttempts } from '../request/attempts.ts';
import type { Circuit } from '../request/circuit.ts';
import { exchange, parseJson } from '../request/exchange.ts';
import { type Fetch, USER_AGENT } from '../request/http.ts';
import type { ParsedResponse, SourceRequest } from '../request/source-request.ts';
import type { Quota } from './quota.ts';

/** A request, and how its response is parsed. */
export interface Reading<T> {
  /** The name of the operation, for logs and error messages. */
  readonly operation: string;
  /** The path below the URL of the API, such as 'catalog/gpus'. `parameters` are the query parameters. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * Parses the JSON body. `asked` is when the request was sent.
   * @throws {UpstreamAnswerError} when the body does not answer the request.
   */
  readonly read: (body: unknown, asked: Asked) => ParsedResponse<T>;
}

/** A client of RunPod's REST API v2. */
export interface RestClient {
  /**
   * Sends a request and returns the parsed response. Rejects with an `UpstreamError`, or with the reason of `demand.signal` if the signal
   * is aborted.
   */
  readonly get: <T>(reading: Reading<T>, demand: Demand) => Promise<T>;
  readonly circuit: Circuit['state'];
}

/** Dependencies of `createRestClient`. */
export interface RestClientOptions extends Omit<AttemptsOptions, 'probe'> {
  readonly url: URL;
  /** The API key. It is sent as a bearer token, to `url` only. */
  readonly apiKey: string | undefined;
  readonly fetch: Fetch;
  readonly quota: Quota;
  /** A request about no particular GPU type, which shows whether the API is up. */
  readonly probe: Reading<unknown>;
}

/** Creates a client. It does not follow redirects, because the key must not be sent to another server. */
export function createRestClient({ url, apiKey, fetch, quota, probe, ...options }: RestClientOptions): RestClient {
  const headers = {
    accept: 'application/json, application/problem+json',
    'user-agent': USER_AGENT,
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };

  function toRequest<T>({ operation, path, parameters, read }: Reading<T>): SourceRequest<T> {
    const target = new URL(url);
    target.pathname = `${target.pathname.replace(/\/$/, '')}/${path}`;
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
    return {
      operation,
      subject: `${operation} ${parameters['count'] ?? ''}`.trim(),
      exchange: (signal) =>
        exchange(operation, async () => {
          const response = await fetch(target.href, { method: 'GET', headers, signal });
          quota.update(response.headers);
          return response;
        }),
      read: (text, asked) => read(parseJson(operation, text), asked),
    };
  }

  const attempts = createAttempts({ ...options, probe: toRequest(probe) });
  return {
    async get(reading, demand) {
      if (!demand.awaited) quota.refuseRenewal(reading.operation);
      return attempts.ask(toRequest(reading), demand);
    },
    get circuit() {
      return attempts.circuit;
    },
  };
}
