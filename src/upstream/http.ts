import { setTimeout as wait } from 'node:timers/promises';
import { Agent, errors, request } from 'undici';

/** The part of `fetch` that is used, without following redirects: undici's pool, or an in-process server's. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** How a request is made. */
export interface FetchInit {
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The part of a `Response` that is used. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Rejects with a `BodyTooLargeError` as soon as the body turns out to be. */
  text(): Promise<string>;
  /** Ends a request whose body is not wanted and may never end. Until then it is under way, for RunPod too. */
  discard(): Promise<void>;
}

/** The largest body that is read, in bytes: more than a hundred times what RunPod answers. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** A body of which the rest was not read. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  constructor(options?: ErrorOptions) {
    super(`the body is larger than ${MAX_BODY_BYTES} bytes`, options);
  }
}

/** A request that is cut off here has ended for RunPod a moment later; the next one must not overtake that. */
const CUT_OFF_MS = 10;

/** A `fetch` over at most `connections` connections that are kept open between requests. It follows no redirects. */
export function createKeepAliveFetch(connections: number): Fetch {
  const dispatcher = new Agent({ connections, maxResponseSize: MAX_BODY_BYTES });
  return async (url, init) => {
    const response = await afterCutOff(request(url, { ...init, dispatcher }));
    return {
      status: response.statusCode,
      headers: { get: (name) => joined(response.headers[name]) },
      async text() {
        try {
          return await afterCutOff(response.body.text());
        } catch (cause) {
          if (cause instanceof errors.ResponseExceededMaxSizeError) throw new BodyTooLargeError({ cause });
          throw cause;
        }
      },
      async discard() {
        response.body.on('error', () => {}).destroy();
        await wait(CUT_OFF_MS);
      },
    };
  };
}

/** Lines of one header are one list (RFC 9110, section 5.3). */
const joined = (lines: string | string[] | undefined): string | null =>
  lines === undefined ? null : [lines].flat().join(', ');

/** The same, but for a failure that comes when the request has ended for RunPod too. */
async function afterCutOff<T>(outcome: Promise<T>): Promise<T> {
  try {
    return await outcome;
  } catch (error) {
    await wait(CUT_OFF_MS);
    throw error;
  }
}
