import type { FetchAPI } from 'graphql-yoga';
import { refuse } from './refusal.ts';

/** A 406 response that names the media types a client may accept instead. */
export function notAcceptable(fetchAPI: FetchAPI, types: readonly string[]): Response {
  const message = `No type in the accept header is supported here. Accept one of: ${types.join(', ')}.`;
  const headers = { accept: types.join(', ') };
  return refuse(fetchAPI, { status: 406, code: 'NOT_ACCEPTABLE', message, headers });
}
