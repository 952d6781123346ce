import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';

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
  /** What is to be told of the end. */
  function begin(request: IncomingMessage): (message: string, status: number, complete?: boolean) => void {
    const requestId = toRequestId(request.headers['x-request-id']);
    request.headers['x-request-id'] = requestId;
    const { method } = request;
    const path = pathOf(request);
    const level = MACHINE_PATHS.has(path) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return () => {};
    const startedAt = performance.now();
    return (message, status, complete) => {
      const durationMs = Math.round(performance.now() - startedAt);
      log[level]({ requestId, method, path, status, complete, durationMs }, message);
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

function toRequestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** The path alone, cut where no path of ours would end. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return url.slice(0, Math.min(end < 0 ? url.length : end, 200));
}
