import { AsyncResource } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import type { Tracer } from '../observability/tracing/tracer.ts';
import { onceEnded } from './request-end.ts';
import { MACHINE_PATHS } from './request-log.ts';

/**
 * Handles each request in a span that ends with the response. The span belongs to the client's trace if the request names one. Requests to
 * `MACHINE_PATHS` have no span. Headers and the query string may contain secrets, so the span does not contain them.
 */
export function traceRequests(tracer: Tracer, answer: RequestListener): RequestListener {
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (MACHINE_PATHS.has(path)) {
      answer(request, response);
      return;
    }
    const { method = '' } = request;
    const traceparent = request.headers['traceparent']?.toString();
    const attributes = { 'http.request.method': method, 'url.path': path };
    const ended = () =>
      new Promise<void>((resolve) => {
        const onClose = () => {
          // There is no status if the client disconnected before the response began.
          const status = response.headersSent ? response.statusCode : undefined;
          const failure = status !== undefined && status >= 500 ? String(status) : undefined;
          tracer.note({ 'http.response.status_code': status, 'error.type': failure });
          resolve();
        };
        onceEnded(request, response, AsyncResource.bind(onClose));
        answer(request, response);
      });
    void tracer.span(method, { kind: 'server', attributes, traceparent }, ended);
  };
}
