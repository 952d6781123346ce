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

/** The request of Node that an operation arrived with, if it arrived over a connection. */
interface ServerContext {
  readonly req?: IncomingMessage;
}

type StreamPlugin = Plugin<object, ServerContext>;
type OnResultProcess = NonNullable<StreamPlugin['onResultProcess']>;
type Payload = Parameters<OnResultProcess>[0];
type ResultProcessor = NonNullable<Payload['resultProcessor']>;

/**
 * Sends answers in parts and subscriptions in the format that the client accepts, and lets Node decide about the connection and the
 * transfer encoding: Yoga's headers promise chunks to clients of HTTP/1.0 and keep a connection that the client wants to close. A HEAD
 * request gets the headers at once, and leaves no stream open.
 */
export function useStreamedResponses(heartbeatMs: number): StreamPlugin {
  const subscriptions = new WeakSet<Request>();
  const sendEvents = getSSEProcessor();
  const sendSubscriptionParts = createSubscriptionParts(heartbeatMs);

  /** `undefined` for the processor that Yoga has chosen. */
  function processorFor({ request, result, resultProcessor }: Payload): ResultProcessor | undefined {
    const ranges = mediaRangesIn(request.headers.get('accept') ?? '*/*');
    if (subscriptions.has(request)) {
      const format = subscriptionFormatFor(ranges);
      if (format === 'multipart') return sendSubscriptionParts;
      if (format === 'unsupported') return refuse(request, SUBSCRIPTION_TYPES);
      return resultProcessor === undefined ? refuse(request, SUBSCRIPTION_TYPES) : withHeaders(resultProcessor, {});
    }
    // Yoga found that the client accepts no type of this answer. Its 406 names the types of a whole answer.
    if (resultProcessor === undefined) return isAsyncIterable(result) ? refuse(request, PARTS_TYPES) : undefined;
    const format = partsFormatFor(ranges);
    if (format !== null && format !== 'events') {
      return withHeaders(resultProcessor, { 'content-type': `multipart/mixed; boundary="-"; ${format}` });
    }
    // A subscription that is not valid was never recognised as one. Its errors come in the format that was asked for.
    const isRefused = result !== undefined && 'errors' in result && !('data' in result);
    if (isRefused && subscriptionFormatFor(ranges) === 'multipart') return sendSubscriptionParts;
    return acceptsEvents(ranges) ? withHeaders(sendEvents, {}) : refuse(request, PARTS_TYPES);
  }

  return {
    onSubscribe({ args }) {
      subscriptions.add(args.contextValue.request);
    },
    onResultProcess(payload) {
      // JSON for an answer that is whole.
      if (payload.resultProcessor === processRegularResult) return;
      const processor = processorFor(payload);
      if (processor === undefined) return;
      payload.setResultProcessor(processor, 'multipart/mixed');
      const { result, serverContext } = payload;
      if (serverContext.req === undefined || !isHead(serverContext.req) || !isAsyncIterable(result)) return;
      // Node sends no body, and would send the headers only when the stream ends.
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

/** A stream that ends at once. */
const NO_RESULTS: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

/** Ends a stream that nobody reads. */
function close(results: AsyncIterable<unknown>): void {
  void results[Symbol.asyncIterator]().return?.();
}

function refuse(request: Request, types: readonly string[]): ResultProcessor {
  return (result, fetchAPI) => {
    if (isAsyncIterable(result)) close(result);
    return notAcceptable(fetchAPI, request, types);
  };
}
