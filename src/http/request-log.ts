import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { LabelClient } from './client-label.ts';
import { requestDetailsOf } from './request-details.ts';

/** Matches the request ids that are accepted from clients: short strings without characters that could do harm in a log. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Paths that machines poll. Their requests are logged at level 'debug'. */
export const MACHINE_PATHS = new Set(['/health', '/ready', '/metrics']);

/** The maximum number of characters of a path that are logged. All paths of the gateway are shorter. */
const MAX_PATH_LENGTH = 200;

/** Gives each request an id, and logs the request when it ends. */
export interface RequestLog {
  /**
   * Registers a request that gets an HTTP response. Call this before the request is handled. Call the returned function when the request
   * has ended.
   */
  answered(request: IncomingMessage, response: ServerResponse): () => void;
  /** Registers a request to switch to another protocol, such as WebSocket. Call the returned function with the status of the response. */
  upgrade(request: IncomingMessage, socket: Duplex): (status: number) => void;
}

/**
 * Creates a log with one line for each request. The line is written when the request ends or, after a request to switch protocols, when the
 * connection ends. Each request has an id: the client's `x-request-id` if it is accepted, else a new id, which replaces that header of the
 * request. Headers and the query string are not logged, because they may contain secrets. `labelClient` names the client in the line.
 */
export function createRequestLog(log: Logger, labelClient: LabelClient): RequestLog {
  function begin(request: IncomingMessage): (message: Message, status: number, complete?: boolean) => void {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    request.headers['x-request-id'] = requestId;
    const { method = '' } = request;
    const path = pathOf(request);
    const level = MACHINE_PATHS.has(path) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return () => {};
    const client = labelClient(request);
    const startedAt = performance.now();
    return (message, status, complete) => {
      const durationMs = Math.round(performance.now() - startedAt);
      const { operationName, operationHash, errorCodes } = requestDetailsOf(request);
      log[level](
        { requestId, client, method, path, operationName, operationHash, status, errorCodes, complete, durationMs },
        message,
      );
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

type Message = 'request ended' | 'connection ended';

/**
 * Returns the path without the query string, cut to at most `MAX_PATH_LENGTH` characters. The client may have sent an absolute URL, which may
 * contain a password before the path.
 */
function pathOf({ url = '' }: IncomingMessage): string {
  const path = url.startsWith('/') ? url : url.replace(/^[^/?#]*\/\/[^/?#]*/, '');
  const end = path.indexOf('?');
  return path.slice(0, Math.min(end < 0 ? path.length : end, MAX_PATH_LENGTH));
}
