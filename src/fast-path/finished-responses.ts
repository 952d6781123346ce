import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { setBufferedBody } from '../http/buffered-body.ts';
import { NOT_KEPT } from '../http/cache-control.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import type { HandleOperation } from '../http/receive-requests.ts';
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
  /** How long a response that was made in this context is valid; `null` if it must not be stored. */
  readonly holdingOf: (context: Context) => Holding | null;
  /** `null` if Yoga must execute every operation. */
  readonly knownOperations: KnownOperations | null;
  /** How many bytes a body may have at most if it is sent to the client at once. Longer bodies are left to Yoga, which waits for memory. */
  readonly maxBytesFor: (request: IncomingMessage) => number;
  /** Whether a large response may be produced at once. Stored responses are sent in any case. */
  readonly mayMakeLarge: () => boolean;
  /** Called for each response that was sent without Yoga, with its status, whether it was stored, and how long it took, in seconds. */
  readonly onAnswer: (status: number, isFromStore: boolean, seconds: number) => void;
}

/** A response that can be sent at once. */
interface Found {
  readonly status: 200 | 304;
  readonly isFromStore: boolean;
  readonly send: (response: ServerResponse) => void;
}

/** The parts of Yoga's context that are read here. */
interface YogaContext {
  readonly req?: IncomingMessage;
  readonly params?: GraphQLParams;
}

/** Response headers are remembered for at most this many combinations of request headers, each with at most this many characters. */
const MAX_HEADERS = 500;
const MAX_HEADERS_LENGTH = 2000;

/**
 * Answers requests without Yoga, in two ways. A stored response is sent again as long as all of its sources are the latest and fresh. A
 * known operation is executed if all of its data is in memory. All other requests are passed to Yoga, whose responses are captured and
 * stored.
 *
 * A request is answered here only if Yoga has accepted an earlier request with the same `authorization` header.
 */
export class FinishedResponses<Context extends object> {
  readonly #options: FinishedResponsesOptions<Context>;
  readonly #stored: ResponseStore;
  readonly #send;
  readonly #seenBefore = createSeenBefore();
  /** The response headers of POST requests, by their request headers. */
  readonly #linesByHeaders = new LRUCache<string, HeaderLines>({ max: MAX_HEADERS });
  /** How long the response to a request is valid, for requests that Yoga has answered without errors. */
  readonly #holdings = new WeakMap<IncomingMessage, Holding>();

  constructor(options: FinishedResponsesOptions<Context>) {
    this.#options = options;
    this.#stored = new ResponseStore(options);
    this.#send = createSendResponse(options);
  }

  /** Returns a listener that answers the requests that need no Yoga, and passes all others to `handler`, which is Yoga. */
  before(handler: RequestListener): HandleOperation {
    return (request, response, body) => {
      const startedAt = performance.now();
      const key = readRequestKey(request, body === null ? '' : body.toString());
      const found = key === null ? null : this.#find(request, key);
      if (found !== null) {
        found.send(response);
        this.#options.onAnswer(found.status, found.isFromStore, (performance.now() - startedAt) / 1000);
        return;
      }
      if (body !== null) setBufferedBody(request, body);
      if (key !== null) this.#capture(request, response, key);
      handler(request, response);
    };
  }

  /** Notes which responses of Yoga may be stored, and which operations are known to be valid. */
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
        this.#options.knownOperations?.add({ query, operationName: operationName ?? undefined });
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
    return { status: 200, isFromStore, send: (response) => this.#send.whole(request, response, finished) };
  }

  /**
   * Returns a 304 if the client has the response and may keep it for at least another second. With less time left, a client would use the
   * `max-age` that it has stored with the response.
   */
  #unchanged(request: IncomingMessage, stored: FinishedResponse): Found | null {
    if (!isUnchanged(request.headers, stored.made)) return null;
    const control = this.#options.cacheControl(stored.made.freshUntil);
    if (control === NOT_KEPT) return null;
    const send = (response: ServerResponse) => this.#send.unchanged(request, response, stored, control);
    return { status: 304, isFromStore: true, send };
  }

  /** Executes a known operation if Yoga has accepted an earlier request with the same headers. */
  #execute(key: RequestKey, maxBytes: number): FinishedResponse | null {
    const { knownOperations, mayMakeLarge } = this.#options;
    const lines = key.body === '' ? undefined : this.#linesByHeaders.get(key.headers);
    if (lines === undefined || knownOperations === null) return null;
    const executed = knownOperations.execute(key.body, mayMakeLarge() ? maxBytes : Math.min(maxBytes, SMALL_BYTES));
    if (executed === null) return null;
    const { text, holding } = executed;
    const willStore = holding !== null && this.#seenBefore.note(crc32(key.text));
    const finished = new FinishedResponse({
      // Sending a string once costs less than creating a Buffer.
      body: willStore ? Buffer.from(text) : text,
      lines,
      // Responses to POST have no validators.
      tag: null,
      lastModified: null,
      freshUntil: holding?.freshUntil ?? Number.NEGATIVE_INFINITY,
      sources: holding?.sources ?? null,
    });
    if (willStore) this.#stored.add(key, finished);
    return finished;
  }

  /** Stores Yoga's response if it turns out to be valid for a while. */
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
        sources: holding.sources,
      };
      this.#stored.add(key, new FinishedResponse(made));
    };
    // Only a response that may be stored is copied, because an event stream may never end.
    captureResponse(response, () => this.#holdings.has(request), store);
  }
}
