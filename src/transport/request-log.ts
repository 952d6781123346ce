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
  /** To be told of a request before it is answered. */
  answered(request: IncomingMessage, response: ServerResponse): void;
  /** To be told of a request for another protocol on its connection, and then how it was answered. */
  upgrade(request: IncomingMessage, socket: Duplex): (status: number) => void;
}

/**
 * Gives every request an id (the client's `x-request-id`, else a new one), which stands in that header of the request from then
 * on and, by what answers it, of the response, and logs the end of the request, or of the connection that came of it, in one
 * line. Headers and the query string, which may hold secrets, are not logged.
 */
export function createRequestLog(log: Logger): RequestLog {
  function begin(
    request: IncomingMessage,
    ended: Duplex | ServerResponse,
    result: () => object,
    message: string,
  ): string {
    const requestId = toRequestId(request.headers['x-request-id']);
    request.headers['x-request-id'] = requestId;
    const { method } = request;
    const path = pathOf(request);
    const level = MACHINE_PATHS.has(path) ? 'debug' : 'info';
    if (log.isLevelEnabled(level)) {
      const startedAt = performance.now();
      ended.on('close', () => {
        const durationMs = Math.round(performance.now() - startedAt);
        log[level]({ requestId, method, path, ...result(), durationMs }, message);
      });
    }
    return requestId;
  }

  return {
    answered(request, response) {
      const result = () => ({ status: response.statusCode, complete: response.writableFinished });
      begin(request, response, result, 'request ended');
    },
    upgrade(request, socket) {
      let status = 400;
      begin(request, socket, () => ({ status }), 'connection ended');
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
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]?.slice(0, 200) ?? '';
