import type { Plugin } from 'graphql-yoga';

/** Leads from `/` to the endpoint, which shows GraphiQL to browsers. */
export function useHome(endpoint: string): Plugin {
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      if (url.pathname !== '/') return;
      endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: endpoint } }));
    },
  };
}
