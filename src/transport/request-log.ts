import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Logger } from 'pino';

/** What a request id of a client may look like, so that it can be found in a log and do no harm there. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Asked again and again by machines; logged at 'debug'. */
const MACHINE_PATHS = new Set(['/health', '/ready', '/metrics']);

/**
 * Gives every request an id (the client's `x-request-id`, else a new one), which stands in that header of the request from then
 * on and of the response, and logs the end of the request in one line. Headers and the query string, which may hold secrets,
 * are not logged.
 */
export function createRequestLog(log: Logger): RequestListener {
  return (request, response) => {
    const requestId = toRequestId(request.headers['x-request-id']);
    request.headers['x-request-id'] = requestId;
    response.setHeader('x-request-id', requestId);
    const { method } = request;
    const path = pathOf(request);
    const level = MACHINE_PATHS.has(path) ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return;
    const startedAt = performance.now();
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - startedAt);
      const { statusCode: status, writableFinished: complete } = response;
      log[level]({ requestId, method, path, status, complete, durationMs }, 'request ended');
    });
  };
}

function toRequestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** The path alone, cut where no path of ours would end. */
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]?.slice(0, 200) ?? '';
