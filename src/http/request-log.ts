import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Logger, symbols } from 'pino';
import { createRequestIds } from './request-id.ts';

/** What a request id of a client may look like, so that it can be found in a log and do no harm there. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Asked again and again by machines; logged at 'debug'. */
export const MACHINE_PATHS = new Set(['/health', '/ready', '/metrics']);

/** Gives requests an id, and logs their end. */
export interface RequestLog {
  /** To be told of a request before it is answered, and then of its end. */
  answered(request: IncomingMessage, response: ServerResponse): () => void;
  /** To be told of a request for another protocol on its connection, and then how it was answered. */
  upgrade(request: IncomingMessage, socket: Duplex): (status: number) => void;
}

/**
 * Gives every request an id (the client's `x-request-id`, else a new one), which stands in that header of the request from then
 * on and, by what answers it, of the response, and logs the end of the request, or of the connection that came of it, in one
 * line. Headers and the query string, which may hold secrets, are not logged.
 */
export function createRequestLog(log: Logger): RequestLog {
  const lines = withOwnWording(log);
  const newId = createRequestIds();

  /** What is to be told of the end. */
  function begin(request: IncomingMessage): (message: Message, status: number, complete?: boolean) => void {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
    request.headers['x-request-id'] = requestId;
    const { method = '' } = request;
    const path = pathOf(request);
    const level = MACHINE_PATHS.has(path) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return () => {};
    const startedAt = performance.now();
    return (message, status, complete) => {
      const durationMs = Math.round(performance.now() - startedAt);
      lines[level]({ requestId, method, path, status, complete, durationMs } satisfies Told, message);
    };
  }

  return {
    answered(request, response) {
      const end = begin(request);
      return () => end('request ended', response.statusCode, response.writableFinished);
    },
    upgrade(request, socket) {
      const end = begin(request);
      let status = 400;
      socket.on('close', () => end('connection ended', status));
      return (answered) => {
        status = answered;
      };
    },
  };
}

/** What ended. */
type Message = 'request ended' | 'connection ended';

/** What a line tells of a request, besides the message. */
interface Told {
  /** Letters, digits and `.:_-` alone. */
  readonly requestId: string;
  /** One of those that Node knows. */
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly complete: boolean | undefined;
  readonly durationMs: number;
}

/**
 * The same log for lines of requests alone. pino words a line from whatever it is given, which takes ten times as long as to word
 * one whose fields are known; when there is a line, what is taken out of it and where it goes is its business still. `log` must have
 * pino's own names and formats, and bindings that no longer change.
 */
function withOwnWording(log: Logger): Pick<Logger, 'info' | 'debug'> {
  const lines = log.child({});
  function toLine(this: { [symbols.chindingsSym]: string }, told: Told, message: Message, level: number, time: string) {
    const complete = told.complete === undefined ? '' : `,"complete":${told.complete}`;
    return `{"level":${level}${time}${this[symbols.chindingsSym]},"requestId":"${told.requestId}","method":"${told.method}","path":${JSON.stringify(told.path)},"status":${told.status}${complete},"durationMs":${told.durationMs},"msg":"${message}"}\n`;
  }
  return Object.assign(lines, { [symbols.asJsonSym]: toLine });
}

/** The path alone, cut where no path of ours would end. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return url.slice(0, Math.min(end < 0 ? url.length : end, 200));
}
