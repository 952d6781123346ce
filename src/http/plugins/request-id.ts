import type { Plugin } from 'graphql-yoga';

/** Repeats the id of a request, which stands in its headers, in those of its response. */
export function useRequestId(): Plugin {
  return {
    onResponse({ request, response }) {
      const id = request.headers.get('x-request-id');
      if (id !== null) response.headers.set('x-request-id', id);
    },
  };
}
