import type { Plugin } from 'graphql-yoga';
import { createKeyCheck } from '../client-keys.ts';
import { refuse } from '../refusal.ts';

/**
 * Requires one of the keys as a bearer token on `endpoint`, if there are keys. The GraphiQL page needs no key, because it is served
 * earlier.
 */
export function useClientKeys(endpoint: string, keys: readonly string[]): Plugin {
  const hasKey = createKeyCheck(keys);
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (keys.length === 0 || url.pathname !== endpoint || request.method === 'OPTIONS') return;
      if (hasKey(request.headers.get('authorization'))) return;
      const message =
        "The client key is missing or wrong. Send 'Authorization: Bearer <key>' with a key of this gateway.";
      const headers = { 'www-authenticate': 'Bearer' };
      endResponse(refuse(fetchAPI, request, { status: 401, code: 'UNAUTHENTICATED', message, headers }));
    },
  };
}
