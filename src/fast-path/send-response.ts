import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheControl } from '../http/cache-control.ts';
import type { Compression } from '../http/compression.ts';
import { encodingFor } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import { SMALL_BYTES } from '../http/response-memory/memory-budget.ts';
import type { CapturedResponse } from './capture-response.ts';
import type { Content, FinishedResponse } from './finished-response.ts';
import { createSendTogether } from './send-together.ts';

/** Dependencies of `createSendResponse`. */
export interface SendResponseOptions {
  readonly cacheControl: CacheControl;
  /** Returns the headers that report the remaining quota of the client's rate limit. */
  readonly quotaLinesOf: (request: IncomingMessage) => HeaderLines;
  /** Limits how many bytes are compressed at the same time. */
  readonly compression: Compression;
  /** Called after a response with a body was written. */
  readonly onWritten: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Sends finished responses. */
export interface SendResponse {
  /**
   * Sends the whole response. The body is compressed if the client accepts an encoding and compression is worth the time. Does nothing for
   * a response without a body.
   */
  whole(request: IncomingMessage, response: ServerResponse, finished: FinishedResponse): void;
  /** Sends a 304. `control` is the value of its `cache-control` header. */
  unchanged(request: IncomingMessage, response: ServerResponse, finished: FinishedResponse, control: string): void;
}

/** Creates the functions that send finished responses. */
export function createSendResponse({
  cacheControl,
  quotaLinesOf,
  compression,
  onWritten,
}: SendResponseOptions): SendResponse {
  const sendTogether = createSendTogether();

  const linesOf = (request: IncomingMessage, control: string, lines: HeaderLines) => [
    'x-request-id',
    String(request.headers['x-request-id'] ?? ''),
    'cache-control',
    control,
    ...quotaLinesOf(request),
    ...lines,
  ];

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    freshUntil: number,
    { lines, body, charset }: Content,
  ): void {
    const write = () => {
      // A short body is written before `end` is called, so that it reaches the socket together with its headers in one piece. `end(body)`
      // would send two pieces.
      response.cork();
      response.writeHead(200, linesOf(request, cacheControl(freshUntil), lines)).write(body, charset);
      response.uncork();
      response.end();
      onWritten(request, response);
    };
    // A large body is written immediately. The memory limit for responses counts a body only when it is written, so other responses could
    // take the same memory during a delay.
    if (body.length > SMALL_BYTES) write();
    else sendTogether(write);
  }

  return {
    whole(request, response, finished) {
      const { plain, length, made } = finished;
      if (plain === null) return;
      const encoding = encodingFor(request.headers['accept-encoding'], length);
      const isCompressed = encoding !== null && finished.has(encoding);
      if (encoding === null || !(isCompressed || compression.hasRoomFor(length))) {
        send(request, response, made.freshUntil, plain);
        return;
      }
      const compressed = finished.as(encoding, plain);
      const sendCompressed = (content: Content) => send(request, response, made.freshUntil, content);
      void (isCompressed ? compressed : compression.track(length, compressed)).then(sendCompressed);
    },
    unchanged(request, response, { made }, control) {
      sendTogether(() => response.writeHead(304, linesOf(request, control, made.lines)).end());
    },
  };
}

/** The headers that are set each time that a response is sent, because they depend on the encoding, the request or the time. */
const OF_ONE_RESPONSE = new Set(['content-length', 'x-request-id', 'cache-control', 'ratelimit', 'ratelimit-policy']);

/** Returns the headers of a captured response that do not change when the response is sent again. */
export function toLines(headers: CapturedResponse['headers']): HeaderLines {
  return Object.entries(headers).flatMap(([name, value]) =>
    OF_ONE_RESPONSE.has(name) ? [] : [value].flat().flatMap((one) => [name, one]),
  );
}
