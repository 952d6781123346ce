import type { FetchAPI } from 'graphql-yoga';
import { refuse } from './refusal.ts';

/** Why a request gets 406: none of the media types that it accepts is one of `types`. */
export const notAcceptableMessage = (types: string): string =>
  `No type in the accept header is supported here. Accept one of: ${types}.`;

/** A 406 response that names the media types a client may accept instead. */
export function notAcceptable(fetchAPI: FetchAPI, request: Request, types: readonly string[]): Response {
  const accept = types.join(', ');
  const message = notAcceptableMessage(accept);
  return refuse(fetchAPI, request, { status: 406, code: 'BAD_REQUEST', message, headers: { accept } });
}
