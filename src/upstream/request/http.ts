import { setImmediate } from 'node:timers/promises';
import { Agent, errors, request } from 'undici';
import { VERSION } from '../../version.ts';

/** The `User-Agent` header of all requests to RunPod. */
export const USER_AGENT = `gpu-availability-gateway/${VERSION}`;

/**
 * A function that sends an HTTP request, like `fetch`, but never follows redirects. One implementation uses the connection pool of undici.
 * The other calls a server in this process.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** Method, headers, body and abort signal of a request. */
export interface FetchInit {
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The part of a `Response` that the gateway uses. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Returns the body. Rejects with a `BodyTooLargeError` as soon as the body exceeds the size limit. */
  text(): Promise<string>;
  /**
   * Aborts a response whose body is not needed and may never end. Resolves when the connection is closed. Until then, RunPod still counts
   * the request as a running request.
   */
  discard(): Promise<void>;
}

/** The maximum size of a response body, in bytes. It is more than a hundred times the size of RunPod's answers. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Thrown when a response body exceeds the size limit. The rest of the body is not read. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  constructor(options?: ErrorOptions) {
    super(`the body is larger than ${MAX_BODY_BYTES} bytes`, options);
  }
}

/** A `fetch` over connections that are kept open. */
export interface KeepAliveFetch extends Fetch {
  /** Closes all connections. Requests that are not answered yet fail. Resolves when the connections are closed. */
  readonly close: () => Promise<void>;
}

/** Creates a `fetch` over at most `connections` keep-alive connections. It does not follow redirects. */
export function createKeepAliveFetch(connections: number): KeepAliveFetch {
  const dispatcher = new Agent({ connections, maxResponseSize: MAX_BODY_BYTES });
  const fetch: Fetch = async (url, init) => {
    const response = await afterClose(request(url, { ...init, dispatcher }));
    return {
      status: response.statusCode,
      headers: { get: (name) => joined(response.headers[name]) },
      async text() {
        try {
          return await afterClose(response.body.text());
        } catch (cause) {
          if (cause instanceof errors.ResponseExceededMaxSizeError) throw new BodyTooLargeError({ cause });
          throw cause;
        }
      },
      async discard() {
        response.body.on('error', () => {}).destroy();
        await setImmediate();
      },
    };
  };
  return Object.assign(fetch, { close: () => dispatcher.destroy() });
}

/** Joins the values of a repeated header with commas (RFC 9110, section 5.3). Returns `null` if the header is absent. */
const joined = (lines: string | string[] | undefined): string | null =>
  lines === undefined ? null : [lines].flat().join(', ');

/**
 * Returns the result of `outcome`. If `outcome` rejects, waits for the next turn of the event loop before it rejects too. By then, the
 * connection of the failed request is closed. Without the wait, the next request could reach RunPod over another connection while the old
 * one is still open. RunPod would then count both requests as running.
 */
async function afterClose<T>(outcome: Promise<T>): Promise<T> {
  try {
    return await outcome;
  } catch (error) {
    await setImmediate();
    throw error;
  }
}
