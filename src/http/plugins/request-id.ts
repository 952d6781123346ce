import type { Plugin } from 'graphql-yoga';

/** Copies the id of a request from its `x-request-id` header to the same header of the response. */
export function useRequestId(): Plugin {
  return {
    onResponse({ request, response }) {
      const id = request.headers.get('x-request-id');
      if (id !== null) response.headers.set('x-request-id', id);
    },
  };
}
