import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheControl } from '../http/cache-control.ts';
import { chooseEncoding } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import { SMALL_BYTES } from '../http/response-memory/memory-budget.ts';
import type { CapturedResponse } from './capture-response.ts';
import type { Content, FinishedResponse } from './finished-response.ts';
import { createSendTogether } from './send-together.ts';

/** What sending responses needs. */
export interface SendResponseOptions {
  readonly cacheControl: CacheControl;
  /** Returns the headers that state what is left of the client's rate limit. */
  readonly quotaLinesOf: (request: IncomingMessage) => HeaderLines;
  /** Called after a response was written. */
  readonly onWritten: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Sends finished responses. */
export interface SendResponse {
  /** Sends the body, compressed if the client accepts that and it is worth it. Does nothing for a response without a body. */
  whole(request: IncomingMessage, response: ServerResponse, finished: FinishedResponse): void;
  /** Sends a 304. `control` is its `cache-control`. */
  unchanged(request: IncomingMessage, response: ServerResponse, finished: FinishedResponse, control: string): void;
}

/** The most bytes that are compressed at a time. Bodies beyond that are sent as they are, because waiting ones take memory uncounted. */
const MAX_COMPRESSING_BYTES = 20_000_000;

/** Creates the sender of a gateway's finished responses. */
export function createSendResponse({ cacheControl, quotaLinesOf, onWritten }: SendResponseOptions): SendResponse {
  const sendTogether = createSendTogether();
  let compressing = 0;

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
      // Written before `end`, a short body and its headers are one piece for the socket. `end(body)` makes two, which took 15 % more CPU time.
      response.cork();
      response.writeHead(200, linesOf(request, cacheControl(freshUntil), lines)).write(body, charset);
      response.uncork();
      response.end();
      onWritten(request, response);
    };
    // A large body counts as unread from the moment it is written. Until then, other responses would take the same room.
    if (body.length > SMALL_BYTES) write();
    else sendTogether(write);
  }

  return {
    whole(request, response, finished) {
      const { plain, length, made } = finished;
      if (plain === null) return;
      const mayCompress = finished.isCompressible && compressing + length <= MAX_COMPRESSING_BYTES;
      const encoding = mayCompress ? chooseEncoding(request.headers['accept-encoding']) : null;
      if (encoding === null) {
        send(request, response, made.freshUntil, plain);
        return;
      }
      compressing += length;
      const sendCompressed = (content: Content) => {
        compressing -= length;
        send(request, response, made.freshUntil, content);
      };
      void finished.as(encoding, plain).then(sendCompressed);
    },
    unchanged(request, response, { made }, control) {
      sendTogether(() => response.writeHead(304, linesOf(request, control, made.lines)).end());
    },
  };
}

/** Headers that the encoding, the request or the moment decides. */
const OF_ONE_RESPONSE = new Set(['content-length', 'x-request-id', 'cache-control', 'ratelimit', 'ratelimit-policy']);

/** The headers of a captured response that are sent again with every copy of it. */
export function toLines(headers: CapturedResponse['headers']): HeaderLines {
  return Object.entries(headers).flatMap(([name, value]) =>
    OF_ONE_RESPONSE.has(name) ? [] : [value].flat().flatMap((one) => [name, one]),
  );
}
