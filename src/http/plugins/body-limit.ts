import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { refuse } from '../refusal.ts';

const tooLong = new WeakSet<IncomingMessage>();

/** Has `useBodyLimit` refuse a request. */
export const noteTooLong = (request: IncomingMessage): void => void tooLong.add(request);

/** Refuses requests whose body was found to be longer than `maxBytes`, with 413 and the headers that all responses have. */
export function useBodyLimit(maxBytes: number): Plugin<object, { readonly req?: IncomingMessage }> {
  const message = `The body is longer than ${maxBytes} bytes.`;
  return {
    onRequest({ request, serverContext: { req }, fetchAPI, endResponse }) {
      if (req === undefined || !tooLong.has(req)) return;
      endResponse(refuse(fetchAPI, request, { status: 413, code: 'BAD_REQUEST', message }));
    },
  };
}
