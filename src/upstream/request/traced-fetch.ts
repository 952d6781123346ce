import type { Attributes, Tracer } from '../../observability/tracing/tracer.ts';
import type { Fetch } from './http.ts';

/**
 * Wraps `fetch` so that it records a span for each request. The span ends when the headers of the response have arrived. The request
 * carries the trace context of the span. The names of attributes follow OpenTelemetry's semantic conventions for HTTP clients.
 */
export const traceFetch =
  (fetch: Fetch, tracer: Tracer): Fetch =>
  (url, init) =>
    tracer.span(init.method, { kind: 'client', attributes: describe(init.method, new URL(url)) }, async () => {
      const traceparent = tracer.traceparent();
      const headers = traceparent === undefined ? init.headers : { ...init.headers, traceparent };
      const response = await fetch(url, { ...init, headers });
      const failure = response.status >= 400 ? String(response.status) : undefined;
      tracer.note({ 'http.response.status_code': response.status, 'error.type': failure });
      return response;
    });

/** Describes a request without the query string of its URL, which may contain a secret. */
function describe(method: string, { protocol, hostname, port, origin, pathname }: URL): Attributes {
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': port === '' ? defaultPort : Number(port),
    'url.full': `${origin}${pathname}`,
  };
}
