import type { Plugin } from 'graphql-yoga';
import { refuse } from '../refusal.ts';
import { refusalOfHead } from '../request-head.ts';

/**
 * Refuses methods other than GET and POST, and bodies other than uncompressed application/json. This protects against other sites: their
 * pages can make a browser send a form without a CORS preflight, but not JSON.
 */
export function useJsonRequests(endpoint: string): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint) return;
      const { method, headers } = request;
      const contentType = headers.get('content-type');
      const refusal = refusalOfHead({ method, contentType, contentEncoding: headers.get('content-encoding') });
      if (refusal !== null) endResponse(refuse(fetchAPI, request, refusal));
    },
  };
}
