import type { Plugin } from 'graphql-yoga';
import { notAcceptableMessage } from '../not-acceptable.ts';
import { refusalBody, refusalType } from '../refusal.ts';

/**
 * Gives 406 responses a body that says which media types there are, and names each type once. Yoga lists all of them again for each type
 * that the client accepts: 134 kB for 11 kB of `accept`.
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
      headers.set('content-type', refusalType(request.headers.get('accept')));
      setResponse(new fetchAPI.Response(refusalBody({ code: 'BAD_REQUEST', message }), { status: 406, headers }));
    },
  };
}
