import type { Plugin } from 'graphql-yoga';
import { notAcceptableMessage } from '../not-acceptable.ts';
import { refuse } from '../refusal.ts';

/**
 * Adds a body to 406 responses, with a message that lists each supported media type once. Yoga's own 406 response lists all supported types
 * again for each type in the request's `accept` header, so a header of 11 kB would cause a response of 134 kB.
 */
export function useAcceptableTypes(): Plugin {
  return {
    onResultProcess({ acceptableMediaTypes }) {
      const distinct = new Set(acceptableMediaTypes);
      acceptableMediaTypes.splice(0, acceptableMediaTypes.length, ...distinct);
    },
    onResponse({ request, response, fetchAPI, setResponse }) {
      if (response.status !== 406 || response.body !== null) return;
      const { headers } = response;
      const types = (headers.get('accept') ?? '').replaceAll('; charset=utf-8', '');
      const message = notAcceptableMessage(types);
      headers.delete('content-type');
      const refusal = { status: 406, code: 'BAD_REQUEST', message, headers: Object.fromEntries(headers.entries()) };
      setResponse(refuse(fetchAPI, request, refusal));
    },
  };
}
