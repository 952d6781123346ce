import type { Plugin } from 'graphql-yoga';

/**
 * Answers every path that is not in `paths` with 404. Yoga would also treat '/graphql/' and '//graphql' as its endpoint, but the plugins
 * that protect the endpoint would not, because they compare the exact path.
 */
export function useNotFound(paths: readonly string[]): Plugin {
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      if (paths.includes(url.pathname)) return;
      endResponse(new fetchAPI.Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } }));
    },
  };
}
