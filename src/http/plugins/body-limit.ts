import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { isMarkedTooLong } from '../body-length.ts';
import { refuse } from '../refusal.ts';

/**
 * Refuses requests that `markTooLong` has marked, with status 413 and the headers that all responses have. `maxBytes` is only used in the
 * message.
 */
export function useBodyLimit(maxBytes: number): Plugin<object, { readonly req?: IncomingMessage }> {
  const message = `The body is longer than the limit of ${maxBytes} bytes. Send a shorter operation.`;
  return {
    onRequest({ request, serverContext: { req }, fetchAPI, endResponse }) {
      if (req === undefined || !isMarkedTooLong(req)) return;
      endResponse(refuse(fetchAPI, request, { status: 413, code: 'BAD_REQUEST', message }));
    },
  };
}
