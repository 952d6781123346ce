import type { FetchAPI } from 'graphql-yoga';
import { refuse } from './refusal.ts';

/** The message of a 406 response. `types` are the supported media types. */
export const notAcceptableMessage = (types: string): string =>
  `No type in the accept header is supported here. Accept one of: ${types}.`;

/** Creates a 406 response that lists the media types that a client may accept instead. */
export function notAcceptable(fetchAPI: FetchAPI, request: Request, types: readonly string[]): Response {
  const accept = types.join(', ');
  const message = notAcceptableMessage(accept);
  return refuse(fetchAPI, request, { status: 406, code: 'BAD_REQUEST', message, headers: { accept } });
}
