import type { Tracer } from '../../observability/tracing/tracer.ts';
import type { Fetch } from './http.ts';

/** Wraps `fetch`. Sends the trace context of the current span with each request, and records the status of the response in the span. */
export const traceFetch =
  (fetch: Fetch, tracer: Tracer): Fetch =>
  async (url, init) => {
    const traceparent = tracer.traceparent();
    const headers = traceparent === undefined ? init.headers : { ...init.headers, traceparent };
    const response = await fetch(url, { ...init, headers });
    tracer.note({ 'http.response.status_code': response.status });
    return response;
  };
