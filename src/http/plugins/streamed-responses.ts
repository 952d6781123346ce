import type { IncomingMessage } from 'node:http';
import { getSSEProcessor, isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { isHead } from '../head-requests.ts';
import { mediaRangesIn } from '../media-ranges.ts';
import { notAcceptable } from '../not-acceptable.ts';
import {
  acceptsEvents,
  PARTS_TYPES,
  partsFormatFor,
  STREAM_HEADERS,
  SUBSCRIPTION_TYPES,
  subscriptionFormatFor,
} from '../stream-formats.ts';
import { createSubscriptionParts } from '../subscription-parts.ts';

/** Yoga's server context. `req` is the Node request; it is missing if the operation did not arrive over a connection. */
interface ServerContext {
  readonly req?: IncomingMessage;
}

type StreamPlugin = Plugin<object, ServerContext>;
type OnResultProcess = NonNullable<StreamPlugin['onResultProcess']>;
type Payload = Parameters<OnResultProcess>[0];
type ResultProcessor = NonNullable<Payload['resultProcessor']>;

/**
 * Sends subscriptions and incremental responses in a format that the client accepts. Removes the headers with which Yoga controls the
 * connection and the transfer encoding, so that Node sets them instead. Yoga would send chunks even to HTTP/1.0 clients, and would keep a
 * connection open even if the client has requested to close it. For a HEAD request, the headers are sent at once, and the stream is closed.
 */
export function useStreamedResponses(heartbeatMs: number): StreamPlugin {
  const subscriptions = new WeakSet<Request>();
  const sendEvents = getSSEProcessor();
  const sendSubscriptionParts = createSubscriptionParts(heartbeatMs);

  /** Returns the function that creates the response; `undefined` to let Yoga choose. */
  function processorFor({ request, result, resultProcessor }: Payload): ResultProcessor | undefined {
    const ranges = mediaRangesIn(request.headers.get('accept') ?? '*/*');
    if (subscriptions.has(request)) {
      const format = subscriptionFormatFor(ranges);
      if (format === 'multipart') return sendSubscriptionParts;
      if (format === 'unsupported') return refuse(request, SUBSCRIPTION_TYPES);
      return resultProcessor === undefined ? refuse(request, SUBSCRIPTION_TYPES) : withHeaders(resultProcessor, {});
    }
    // Yoga found no media type that the client accepts. For an incremental response, Yoga's own 406 response would be wrong, because it
    // lists the types of a complete response.
    if (resultProcessor === undefined) return isAsyncIterable(result) ? refuse(request, PARTS_TYPES) : undefined;
    const format = partsFormatFor(ranges);
    if (format !== null && format !== 'events') {
      return withHeaders(resultProcessor, { 'content-type': `multipart/mixed; boundary="-"; ${format}` });
    }
    // A subscription that fails validation never begins, so it is not in `subscriptions`. Its errors are sent in the format that the client
    // requested for the subscription.
    const isRefused = result !== undefined && 'errors' in result && !('data' in result);
    if (isRefused && subscriptionFormatFor(ranges) === 'multipart') return sendSubscriptionParts;
    return acceptsEvents(ranges) ? withHeaders(sendEvents, {}) : refuse(request, PARTS_TYPES);
  }

  return {
    onSubscribe({ args }) {
      subscriptions.add(args.contextValue.request);
    },
    onResultProcess(payload) {
      // A complete response is not changed: Yoga sends it as JSON.
      if (payload.resultProcessor === processRegularResult) return;
      const processor = processorFor(payload);
      if (processor === undefined) return;
      payload.setResultProcessor(processor, 'multipart/mixed');
      const { result, serverContext } = payload;
      if (serverContext.req === undefined || !isHead(serverContext.req) || !isAsyncIterable(result)) return;
      // Node sends no body for a HEAD request, and would send the headers only at the end of the stream. So the stream ends at once.
      close(result);
      payload.setResult(NO_RESULTS);
    },
  };
}

function withHeaders(processor: ResultProcessor, headers: Readonly<Record<string, string>>): ResultProcessor {
  return async (result, fetchAPI, mediaType) => {
    const response = await processor(result, fetchAPI, mediaType);
    for (const name of ['connection', 'transfer-encoding', 'content-encoding']) response.headers.delete(name);
    const all = isAsyncIterable(result) ? { ...STREAM_HEADERS, ...headers } : headers;
    for (const [name, value] of Object.entries(all)) response.headers.set(name, value);
    return response;
  };
}

/** An empty stream. */
const NO_RESULTS: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

/** Ends a stream early, so that its source stops. */
function close(results: AsyncIterable<unknown>): void {
  void results[Symbol.asyncIterator]().return?.();
}

function refuse(request: Request, types: readonly string[]): ResultProcessor {
  return (result, fetchAPI) => {
    if (isAsyncIterable(result)) close(result);
    return notAcceptable(fetchAPI, request, types);
  };
}
