import type { Tracer } from '../tracing/tracer.ts';
import type { Fetch } from './http.ts';

/** The same `fetch`, which tells the other side of the span under way, and the span of the status. */
export const traceFetch =
  (fetch: Fetch, tracer: Tracer): Fetch =>
  async (url, init) => {
    const traceparent = tracer.traceparent();
    const headers = traceparent === undefined ? init.headers : { ...init.headers, traceparent };
    const response = await fetch(url, { ...init, headers });
    tracer.note({ 'http.response.status_code': response.status });
    return response;
  };
