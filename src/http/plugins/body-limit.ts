import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { refuse } from '../refusal.ts';

const tooLong = new WeakSet<IncomingMessage>();

/** Marks a request whose body is too long, so that `useBodyLimit` refuses it. */
export const noteTooLong = (request: IncomingMessage): void => void tooLong.add(request);

/** Refuses the marked requests with status 413 and the headers that all responses have. `maxBytes` is the limit for the message. */
export function useBodyLimit(maxBytes: number): Plugin<object, { readonly req?: IncomingMessage }> {
  const message = `The body is longer than the limit of ${maxBytes} bytes. Send a shorter operation.`;
  return {
    onRequest({ request, serverContext: { req }, fetchAPI, endResponse }) {
      if (req === undefined || !tooLong.has(req)) return;
      endResponse(refuse(fetchAPI, request, { status: 413, code: 'BAD_REQUEST', message }));
    },
  };
}
