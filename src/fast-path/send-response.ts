import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheControl } from '../http/cache-control.ts';
import { chooseEncoding } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import { SMALL_BYTES } from '../http/response-memory/memory-budget.ts';
import type { SentAnswer } from './capture-response.ts';
import type { Answer, Sendable } from './finished-response.ts';
import { createSendTogether } from './send-together.ts';

/** What is known of an answer without having it. */
export type Tagged = Pick<
  Answer,
  'key' | 'version' | 'madeAt' | 'freshUntil' | 'tag' | 'lastModified' | 'linesWithoutBody'
>;

/** Gives answers that were made before, or without Yoga. */
export interface GiveAnswer {
  /** Compressed where that is accepted and worth it. */
  whole(request: IncomingMessage, response: ServerResponse, answer: Answer): void;
  /** To a client that has it. `control` is its `cache-control`, which must allow that it is kept. */
  unchanged(request: IncomingMessage, response: ServerResponse, answer: Tagged, control: string): void;
}

/** What giving answers needs. */
export interface GiveAnswerOptions {
  readonly cacheControl: CacheControl;
  /** The headers that say what is left of the client's rate limit. */
  readonly quotaLinesOf: (request: IncomingMessage) => HeaderLines;
  /** Called after a response was written. */
  readonly onWritten: (request: IncomingMessage, response: ServerResponse) => void;
}

/** While more bytes than these are being compressed, answers are sent as they are. They would wait in memory, uncounted. */
const MAX_COMPRESSING_BYTES = 20_000_000;

/** Answers that become ready in one turn of the event loop are sent together. */
export function createGiveAnswer({ cacheControl, quotaLinesOf, onWritten }: GiveAnswerOptions): GiveAnswer {
  const sendTogether = createSendTogether();
  let compressing = 0;

  /** Headers that depend on the request, and on the moment. */
  const linesOf = (request: IncomingMessage, control: string): HeaderLines => [
    'x-request-id',
    String(request.headers['x-request-id'] ?? ''),
    'cache-control',
    control,
    ...quotaLinesOf(request),
  ];

  return {
    whole(request, response, answer) {
      const send = ({ lines, body, charset }: Sendable) => {
        const write = () => {
          // The body is written before `end` is called, because `end(body)` would write one more, empty piece to the socket.
          response.cork();
          response.writeHead(200, [...linesOf(request, cacheControl(answer.freshUntil)), ...lines]);
          // The headers of a long text are written separately. Node would join the two strings, which copies the text.
          if (answer.isLong && typeof body === 'string') response.flushHeaders();
          response.write(body, charset);
          response.uncork();
          response.end();
          onWritten(request, response);
        };
        // Until it is written, a large answer is not counted as unread, and others would take the same room.
        if (body.length > SMALL_BYTES) write();
        else sendTogether(write);
      };
      const mayCompress = answer.isLong && compressing + answer.body.length <= MAX_COMPRESSING_BYTES;
      const encoding = mayCompress ? chooseEncoding(request.headers['accept-encoding']) : null;
      if (encoding === null) send(answer);
      else {
        compressing += answer.body.length;
        const sendCompressed = (compressed: Sendable) => {
          compressing -= answer.body.length;
          send(compressed);
        };
        void answer.as(encoding).then(sendCompressed);
      }
    },
    unchanged(request, response, answer, control) {
      const lines = [...linesOf(request, control), ...answer.linesWithoutBody];
      sendTogether(() => response.writeHead(304, lines).end());
    },
  };
}

/** Headers of one response alone: the length, which changes with compression, and headers that depend on the request or the moment. */
const OF_REQUEST = new Set(['content-length', 'x-request-id', 'cache-control', 'ratelimit', 'ratelimit-policy']);

/** The headers of an answer, to be given again. */
export function toLines(headers: SentAnswer['headers']): HeaderLines {
  return Object.entries(headers).flatMap(([name, value]) =>
    OF_REQUEST.has(name) ? [] : [value].flat().flatMap((one) => [name, one]),
  );
}
