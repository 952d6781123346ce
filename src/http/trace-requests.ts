import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Attributes, Tracer } from '../observability/tracing/tracer.ts';
import { onceEnded } from './request-end.ts';
import { MACHINE_PATHS } from './request-log.ts';
import { normalTargetOf } from './request-target.ts';

/** The HTTP methods that a span records by name. Every other method is recorded as `_OTHER`. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/**
 * Handles each request in a span that ends with the response. The span is named after the method and, if the path is one of `routes`, the
 * path. The path is normalised first; an invalid request target has no path. The attributes follow OpenTelemetry's semantic conventions for
 * HTTP servers. If the request has a `traceparent` header, the span belongs to the client's trace. Requests to `MACHINE_PATHS`, which
 * machines poll, have no span. Headers and the query string may contain secrets, so they are not recorded.
 */
export function traceRequests(tracer: Tracer, routes: readonly string[], answer: RequestListener): RequestListener {
  const known = new Set(routes);
  return (request, response) => {
    const [path = ''] = (normalTargetOf(request) ?? '').split('?', 1);
    if (MACHINE_PATHS.has(path)) {
      answer(request, response);
      return;
    }
    const { method = '' } = request;
    const route = known.has(path) ? path : undefined;
    const name = [METHODS.has(method) ? method : 'HTTP', route].filter((part) => part !== undefined).join(' ');
    const attributes = { ...describeRequest(request), 'url.path': path || undefined, 'http.route': route };
    const traceparent = request.headers['traceparent']?.toString();
    const ended = () =>
      new Promise<void>((resolve) => {
        const onClose = () => {
          tracer.note(describeResponse(response));
          resolve();
        };
        onceEnded(request, response, AsyncResource.bind(onClose));
        answer(request, response);
      });
    void tracer.span(name, { kind: 'server', attributes, traceparent }, ended);
  };
}

/**
 * Returns the span attributes for the method of a request and its connection. The server address is the address of the connection. The
 * `host` header is not used, because a client may send any text in it.
 */
function describeRequest({ method = '', httpVersion, socket }: IncomingMessage): Attributes {
  const isKnown = METHODS.has(method);
  return {
    'http.request.method': isKnown ? method : '_OTHER',
    'http.request.method_original': isKnown ? undefined : method,
    'url.scheme': 'http',
    'server.address': socket.localAddress,
    'server.port': socket.localPort,
    'network.protocol.version': httpVersion,
  };
}

/** Returns the span attributes for the status of a response. There are none if the client disconnected before the response began. */
function describeResponse({ headersSent, statusCode }: ServerResponse): Attributes {
  if (!headersSent) return {};
  return {
    'http.response.status_code': statusCode,
    'error.type': statusCode >= 500 ? String(statusCode) : undefined,
  };
}
