import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { setBufferedBody } from '../http/buffered-body.ts';
import { NOT_KEPT } from '../http/cache-control.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import type { HandleOperation } from '../http/receive-requests.ts';
import { type RequestDetails, requestDetailsOf, setRequestDetails } from '../http/request-details.ts';
import { SMALL_BYTES } from '../http/response-memory/memory-budget.ts';
import { isUnchanged } from '../http/validators.ts';
import type { Holding } from '../loaders/validity.ts';
import { type CapturedResponse, captureResponse } from './capture-response.ts';
import { FinishedResponse } from './finished-response.ts';
import type { KnownOperations } from './known-operations.ts';
import { type RequestKey, readRequestKey } from './request-key.ts';
import { ResponseStore, type ResponseStoreOptions } from './response-store.ts';
import { createSeenBefore } from './seen-before.ts';
import { createSendResponse, type SendResponseOptions, toLines } from './send-response.ts';

/** Dependencies of `FinishedResponses`. */
export interface FinishedResponsesOptions<Context> extends ResponseStoreOptions, SendResponseOptions {
  /** Returns how long a response that was created with this context is valid, or `null` if it must not be stored. */
  readonly holdingOf: (context: Context) => Holding | null;
  /** The operations that can be executed without Yoga; `null` if Yoga must execute every operation. */
  readonly knownOperations: KnownOperations | null;
  /**
   * Returns the maximum length, in bytes, of a body that may be sent to the client immediately. If the response would be longer, Yoga
   * answers the request, and waits until enough memory is free.
   */
  readonly maxBytesFor: (request: IncomingMessage) => number;
  /** Returns whether a large response may be created now. This does not affect responses that are already stored. */
  readonly mayMakeLarge: () => boolean;
  /**
   * Called for each response that was sent without Yoga. `isFromStore` is whether it came from the store, and `seconds` is its duration.
   */
  readonly onAnswer: (status: 200 | 304, isFromStore: boolean, seconds: number) => void;
}

/** A response that can be sent immediately, without Yoga. */
interface Found {
  readonly status: 200 | 304;
  readonly isFromStore: boolean;
  readonly details: RequestDetails;
  readonly send: (response: ServerResponse) => void;
}

/** The fields of Yoga's context that this file reads. */
interface YogaContext {
  readonly req?: IncomingMessage;
  readonly params?: GraphQLParams;
}

/** The maximum number of cached sets of response headers. The request headers are the key of this cache. */
const MAX_HEADERS = 500;
/** The maximum length of request headers for which the response headers are cached, in characters. */
const MAX_HEADERS_LENGTH = 2000;

/**
 * Answers GraphQL requests without Yoga if possible. A stored response is sent again while its data is fresh and was not replaced. A known
 * operation is executed here if all of its data is in memory. Yoga handles all other requests, and its responses are stored here if
 * possible.
 * A request is answered here only if Yoga has accepted an earlier request with the same `authorization` header.
 */
export class FinishedResponses<Context extends object> {
  readonly #options: FinishedResponsesOptions<Context>;
  readonly #stored: ResponseStore;
  readonly #send;
  readonly #seenBefore = createSeenBefore();
  /** The response headers of POST requests, by the request headers that determine them. */
  readonly #linesByHeaders = new LRUCache<string, HeaderLines>({ max: MAX_HEADERS });
  /** How long the response to a request is valid, by request. Only for requests that Yoga has answered without errors. */
  readonly #holdings = new WeakMap<IncomingMessage, Holding>();

  constructor(options: FinishedResponsesOptions<Context>) {
    this.#options = options;
    this.#stored = new ResponseStore(options);
    this.#send = createSendResponse(options);
  }

  /**
   * Returns a listener that answers a request itself if this is possible, and otherwise passes it to `handler`, which is Yoga, and copies
   * the response for the store. Before that, `prepare` may wrap the response, for example to compress it. Copying starts after `prepare`,
   * so the copy contains what Yoga writes before it is compressed.
   */
  before(handler: RequestListener, prepare: RequestListener): HandleOperation {
    return (request, response, body) => {
      const startedAt = performance.now();
      const key = readRequestKey(request, body === null ? '' : body.toString());
      const found = key === null ? null : this.#find(request, key);
      if (found !== null) {
        setRequestDetails(request, found.details);
        found.send(response);
        this.#options.onAnswer(found.status, found.isFromStore, (performance.now() - startedAt) / 1000);
        return;
      }
      if (body !== null) setBufferedBody(request, body);
      prepare(request, response);
      if (key !== null) this.#capture(request, response, key);
      handler(request, response);
    };
  }

  /** A Yoga plugin that records which responses may be stored, and which operations Yoga has executed without errors. */
  get plugin(): Plugin<object, object, Context> {
    return {
      onExecutionResult: ({ result, context }) => {
        const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
        // Yoga's type of a context lacks the gateway's own fields.
        const { req, params } = context as YogaContext;
        if (!isWhole || req === undefined) return;
        const holding = this.#options.holdingOf(context as unknown as Context);
        if (holding !== null) this.#holdings.set(req, holding);
        const { query, operationName } = params ?? {};
        if (query === undefined) return;
        this.#options.knownOperations?.add({ query, operationName: operationName ?? undefined }, requestDetailsOf(req));
      },
    };
  }

  #find(request: IncomingMessage, key: RequestKey): Found | null {
    const stored = this.#stored.find(key);
    const unchanged = stored === undefined ? null : this.#unchanged(request, stored);
    if (unchanged !== null) return unchanged;
    const maxBytes = this.#options.maxBytesFor(request);
    const isFromStore = stored !== undefined && stored.plain !== null && stored.length <= maxBytes;
    const finished = isFromStore ? stored : this.#execute(key, maxBytes);
    if (finished === null) return null;
    const send = (response: ServerResponse) => this.#send.whole(request, response, finished);
    return { status: 200, isFromStore, details: finished.made.details, send };
  }

  /**
   * Returns a 304 if the client already has the response and may use it for at least one more second. If the time left is shorter, returns
   * `null`: the 304 would contain no `max-age`, so the client would use the old `max-age` that it has stored.
   */
  #unchanged(request: IncomingMessage, stored: FinishedResponse): Found | null {
    if (!isUnchanged(request.headers, stored.made)) return null;
    const control = this.#options.cacheControl(stored.made.freshUntil);
    if (control === NOT_KEPT) return null;
    const send = (response: ServerResponse) => this.#send.unchanged(request, response, stored, control);
    return { status: 304, isFromStore: true, details: stored.made.details, send };
  }

  /** Executes a known operation, if Yoga has accepted an earlier request with the same headers. Returns `null` otherwise. */
  #execute(key: RequestKey, maxBytes: number): FinishedResponse | null {
    const { knownOperations, mayMakeLarge } = this.#options;
    const lines = key.body === '' ? undefined : this.#linesByHeaders.get(key.headers);
    if (lines === undefined || knownOperations === null) return null;
    const executed = knownOperations.execute(key.body, mayMakeLarge() ? maxBytes : Math.min(maxBytes, SMALL_BYTES));
    if (executed === null) return null;
    const { text, holding, details } = executed;
    const willStore = holding !== null && this.#seenBefore.note(crc32(key.text));
    const finished = new FinishedResponse({
      // A response that is stored is sent many times, so it becomes a Buffer. For a response that is sent only once, this would cost more
      // than sending a string.
      body: willStore ? Buffer.from(text) : text,
      lines,
      // Responses to POST requests have no ETag and no `last-modified` header.
      tag: null,
      lastModified: null,
      freshUntil: holding?.freshUntil ?? Number.NEGATIVE_INFINITY,
      details,
      sources: holding?.sources ?? null,
    });
    if (willStore) this.#stored.add(key, finished);
    return finished;
  }

  /** Captures Yoga's response. Stores it if its data stays valid for some time. */
  #capture(request: IncomingMessage, response: ServerResponse, key: RequestKey): void {
    const store = ({ status, headers, body }: CapturedResponse) => {
      const holding = this.#holdings.get(request);
      const isWhole = status === 200 && String(headers['content-type']).includes('json');
      if (holding === undefined || !(isWhole || status === 304)) return;
      const lines = toLines(headers);
      if (key.body !== '' && key.headers.length <= MAX_HEADERS_LENGTH) this.#linesByHeaders.set(key.headers, lines);
      const made = {
        body: isWhole ? body : null,
        lines,
        tag: headers['etag']?.toString() ?? null,
        lastModified: headers['last-modified']?.toString() ?? null,
        freshUntil: holding.freshUntil,
        details: requestDetailsOf(request),
        sources: holding.sources,
      };
      this.#stored.add(key, new FinishedResponse(made));
    };
    // Only a response that may be stored is captured. Others may be long: an event stream may never end.
    captureResponse(response, () => this.#holdings.has(request), store);
  }
}
