import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { handleHeadAsGet } from './head-requests.ts';
import type { InFlight } from './in-flight.ts';
import { onceEnded } from './request-end.ts';
import type { RequestLog } from './request-log.ts';
import { normaliseTarget } from './request-target.ts';

/** Dependencies of `prepareRequests`. */
export interface PrepareOptions {
  readonly requestLog: RequestLog;
  /** Counts the requests in progress. */
  readonly inFlight: InFlight;
  /** Whether the server is about to stop. If so, each connection is closed after its response. */
  readonly isClosing: () => boolean;
}

/** Logs and counts each request, normalizes its URL, and passes the request to `handler`. A HEAD request is passed on as a GET request. */
export function prepareRequests(
  handler: RequestListener,
  { requestLog, inFlight, isClosing }: PrepareOptions,
): RequestListener {
  return (request, response) => {
    inFlight.begin();
    const logEnd = requestLog.answered(request, response);
    onceEnded(request, response, () => {
      inFlight.end();
      logEnd();
    });
    // After a request with an `upgrade` header, the client may send its next bytes in the other protocol. So the connection is closed after
    // the response. Before Node 24.9, Node emits an 'upgrade' event for such a request. Unless the request is for a WebSocket, the listener
    // of that event removes the header before the request arrives here.
    if (isClosing() || request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    handleHeadAsGet(request);
    // The URL is brought into its normal form only now, so that the log contains the path as the client sent it.
    if (normaliseTarget(request)) handler(request, response);
    else refuseTarget(request, response);
  };
}

function refuseTarget(request: IncomingMessage, response: ServerResponse): void {
  const headers = {
    'content-type': 'text/plain',
    'cache-control': 'no-store',
    'x-request-id': request.headers['x-request-id'],
  };
  response.writeHead(400, headers).end('The host header or the request target is not valid.\n');
}
