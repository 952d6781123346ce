import type { Plugin } from 'graphql-yoga';
import { refuse } from '../refusal.ts';

/** The header that assigns a request to an event stream in the single connection mode of GraphQL over SSE. */
export const STREAM_TOKEN = 'x-graphql-event-stream-token';

/**
 * Refuses requests in the single connection mode of GraphQL over SSE with status 405. In this mode, every request of a client would have to
 * reach the replica that sends the client's event stream.
 */
export function useNoSingleConnection(endpoint: string): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint) return;
      if (request.method !== 'PUT' && !request.headers.has(STREAM_TOKEN)) return;
      const message =
        'GraphQL over SSE works in its distinct connections mode only. Send each operation in a POST or GET of its own, without a ' +
        'reservation (PUT) and without an event stream token.';
      const headers = { allow: 'GET, HEAD, POST' };
      endResponse(refuse(fetchAPI, request, { status: 405, code: 'BAD_REQUEST', message, headers }));
    },
  };
}
