import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** What a request id of a client may look like, so that it can be found in a log and do no harm there. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Asked again and again by machines; logged at 'debug'. */
const MACHINE_PATHS = new Set(['/health', '/ready', '/metrics']);

/**
 * Gives every request an id (the client's `x-request-id`, else a new one), answers with it, and logs the end of the request in
 * one line. Headers and the query string, which may hold secrets, are not logged. `request.log` logs with the id.
 */
export function createRequestLog(log: Logger): RequestListener {
  return pinoHttp({
    logger: log,
    genReqId(request, response) {
      const given = String(request.headers['x-request-id'] ?? '');
      const id = REQUEST_ID.test(given) ? given : randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    quietReqLogger: true,
    quietResLogger: true,
    wrapSerializers: false,
    customAttributeKeys: { reqId: 'requestId' },
    customLogLevel: (request) => (MACHINE_PATHS.has(pathOf(request)) ? 'debug' : 'info'),
    customSuccessMessage: () => 'request answered',
    customSuccessObject: describe,
    customErrorMessage: () => 'request failed',
    customErrorObject: (request, response, _error, { responseTime }) => describe(request, response, { responseTime }),
  });
}

function describe(
  request: IncomingMessage,
  response: ServerResponse,
  { responseTime }: { readonly responseTime: number },
) {
  return {
    method: request.method,
    path: pathOf(request),
    status: response.statusCode,
    complete: response.writableFinished,
    durationMs: responseTime,
  };
}

/** The path alone, cut where no path of ours would end. */
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]?.slice(0, 200) ?? '';
