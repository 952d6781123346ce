import type { GraphQLError } from 'graphql';
import { type FetchAPI, isAsyncIterable } from 'graphql-yoga';
import { formatResult, type OperationResult } from './formatted-result.ts';
import { STREAM_HEADERS } from './stream-formats.ts';

const CONTENT_TYPE = 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0';
const BOUNDARY = '\r\n--graphql';

/**
 * Creates a function that sends the events of a subscription in Apollo's multipart protocol. Each event is one part, with the result as
 * `payload`. An empty part is sent as a heartbeat every `heartbeatMs`. An error that ends the subscription is sent as a part with `errors`,
 * whose `payload` is null.
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export function createSubscriptionParts(heartbeatMs: number) {
  return (results: unknown, fetchAPI: FetchAPI): Response => {
    const { status, headers } = responseInitOf(results);
    const iterator = isAsyncIterable<OperationResult>(results)
      ? results[Symbol.asyncIterator]()
      : once(results as OperationResult);
    const encoder = new fetchAPI.TextEncoder();
    let beating: NodeJS.Timeout | undefined;

    const body = new fetchAPI.ReadableStream<Uint8Array>({
      start(controller) {
        const beat = () => {
          // A client that has not read all earlier parts needs no heartbeat.
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(partOf('{}')));
        };
        controller.enqueue(encoder.encode(BOUNDARY));
        beating = setInterval(beat, heartbeatMs);
      },
      async pull(controller) {
        try {
          const { value, done } = await iterator.next();
          if (value !== undefined && value !== null) controller.enqueue(encoder.encode(partOf(messageOf(value))));
          if (done !== true) return;
          clearInterval(beating);
          controller.enqueue(encoder.encode('--\r\n'));
          controller.close();
        } catch (error) {
          clearInterval(beating);
          controller.error(error);
        }
      },
      async cancel() {
        clearInterval(beating);
        await iterator.return?.();
      },
    });
    return new fetchAPI.Response(body, {
      status,
      headers: { ...headers, ...STREAM_HEADERS, 'content-type': CONTENT_TYPE },
    });
  };
}

/** Returns one multipart part, followed by a boundary. The boundary shows the client that the part is complete. */
const partOf = (json: string) => `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${json}${BOUNDARY}`;

function messageOf(result: OperationResult): string {
  const formatted = formatResult(result);
  // A result without data means that the subscription failed as a whole.
  if (formatted.data === undefined && formatted.errors !== undefined) {
    return JSON.stringify({ payload: null, errors: formatted.errors });
  }
  return `{"payload":${result.stringify?.(formatted) ?? JSON.stringify(formatted)}}`;
}

/** Yields one result: the result of a subscription that was refused. */
async function* once(result: OperationResult): AsyncGenerator<OperationResult> {
  yield result;
}

/** Returns the HTTP status and headers that the errors of a refused subscription require. */
function responseInitOf(results: unknown): { readonly status: number; readonly headers: Record<string, string> } {
  const { errors = [] } = isAsyncIterable(results) ? {} : (results as { readonly errors?: readonly GraphQLError[] });
  const required = errors.map(({ extensions }) => extensions.http).filter((http) => http !== undefined) as Http[];
  return {
    // An error with `spec: true` has a status that does not apply to multipart responses, so this status is ignored.
    status: Math.max(200, ...required.filter(({ spec }) => spec !== true).map(({ status = 200 }) => status)),
    headers: Object.assign({}, ...required.map((http) => http.headers)),
  };
}

interface Http {
  readonly status?: number;
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}
