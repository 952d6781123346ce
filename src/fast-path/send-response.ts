import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheControl } from '../http/cache-control.ts';
import { chooseEncoding } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import { SMALL_BYTES } from '../http/response-memory/memory-budget.ts';
import type { CapturedResponse } from './capture-response.ts';
import type { Content, FinishedResponse } from './finished-response.ts';
import { createSendTogether } from './send-together.ts';

/** Dependencies of `createSendResponse`. */
export interface SendResponseOptions {
  readonly cacheControl: CacheControl;
  /** Returns the headers that state what is left of the client's rate limit. */
  readonly quotaLinesOf: (request: IncomingMessage) => HeaderLines;
  /** Called after a response was written. */
  readonly onWritten: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Sends finished responses. */
export interface SendResponse {
  /**
   * Sends the body, compressed if the client accepts an encoding and compression is worth the time. Does nothing for a response without a
   * body.
   */
  whole(request: IncomingMessage, response: ServerResponse, finished: FinishedResponse): void;
  /** Sends a 304. `control` is its `cache-control`. */
  unchanged(request: IncomingMessage, response: ServerResponse, finished: FinishedResponse, control: string): void;
}

/**
 * How many bytes may be compressed at the same time. Further bodies are sent uncompressed, because a body that waits for compression takes
 * memory that no limit counts.
 */
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
      // A short body that is written before `end` reaches the socket in one piece with its headers. `end(body)` would send two
      // pieces.
      response.cork();
      response.writeHead(200, linesOf(request, cacheControl(freshUntil), lines)).write(body, charset);
      response.uncork();
      response.end();
      onWritten(request, response);
    };
    // A large body is written at once, because it does not count as unread before that. Until it counts, other responses could take the
    // same memory.
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

/** Headers that depend on the encoding, the request or the time. */
const OF_ONE_RESPONSE = new Set(['content-length', 'x-request-id', 'cache-control', 'ratelimit', 'ratelimit-policy']);

/** The headers of a captured response that are sent again with every copy of it. */
export function toLines(headers: CapturedResponse['headers']): HeaderLines {
  return Object.entries(headers).flatMap(([name, value]) =>
    OF_ONE_RESPONSE.has(name) ? [] : [value].flat().flatMap((one) => [name, one]),
  );
}
