import type { Plugin } from 'graphql-yoga';

/**
 * Knows no path but these, to the letter. Yoga takes '/graphql/' and '//graphql' for its endpoint, which what guards the
 * endpoint would not know.
 */
export function useNotFound(paths: readonly string[]): Plugin {
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      if (paths.includes(url.pathname)) return;
      endResponse(new fetchAPI.Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } }));
    },
  };
}
