import { createHash } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { type CacheControl, NOT_KEPT } from '../cache-control.ts';
import { isUnchanged, lastModifiedOf, type Observed } from '../validators.ts';

/** Dependencies of `useHttpCache`. */
export interface HttpCacheOptions<Context> {
  /** Returns how long the result of the operation with this context stays fresh; `null` if the result must not be stored. */
  readonly holdingOf: (context: Context) => Observed | null;
  readonly cacheControl: CacheControl;
}

/**
 * Sends `cache-control` with every response. Caches may store a GraphQL response to GET or POST while it is fresh, if it has no errors. A
 * response to GET also has an ETag of its content, and a client that already has the response gets a 304 instead. Other responses must not
 * be stored, unless another plugin has set their `cache-control`.
 */
export function useHttpCache<Context extends object>(
  options: HttpCacheOptions<Context>,
): Plugin<object, object, Context> {
  const { holdingOf, cacheControl } = options;
  /** The freshness of each result without errors, by request. */
  const holdings = new WeakMap<Request, Observed | null>();

  return {
    onExecutionResult({ request, result, context }) {
      const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
      if (isWhole) holdings.set(request, holdingOf(context as Context));
    },

    async onResponse({ request, response, fetchAPI, setResponse }) {
      const { headers, status } = response;
      const type = headers.get('content-type') ?? '';
      // Yoga sends server-sent events with the header `Cache-Control: no-cache`, which still lets caches store them. So Yoga's header is
      // deleted, and the gateway sends `no-store` instead. Without the deletion, both headers would be sent, because their names differ in
      // letter case.
      if (type.startsWith('text/event-stream')) headers.delete('cache-control');
      if (headers.has('cache-control')) return;
      const holding = holdings.get(request);
      if (holding === undefined || status !== 200 || !type.includes('json')) {
        headers.set('cache-control', 'no-store');
        return;
      }
      if (holding === null || request.method !== 'GET') {
        headers.set('cache-control', holding === null ? NOT_KEPT : cacheControl(holding.freshUntil));
        return;
      }
      const body = await response.text();
      const control = cacheControl(holding.freshUntil);
      headers.set('cache-control', control);
      // Yoga may have planned to send the body in chunks. That is not necessary any more, because the length of the body is now known.
      headers.delete('transfer-encoding');
      const validators = { tag: tagOf(body), lastModified: lastModifiedOf(holding) };
      headers.set('etag', validators.tag);
      if (validators.lastModified !== null) headers.set('last-modified', validators.lastModified);
      // A 304 makes a cache use its stored response. So it is sent only if caches may store the response.
      const unchanged = control !== NOT_KEPT && isUnchanged(conditionsOf(request), validators);
      if (unchanged) headers.delete('content-length');
      setResponse(new fetchAPI.Response(unchanged ? null : body, { status: unchanged ? 304 : 200, headers }));
    },
  };
}

const tagOf = (body: string) => `W/"${createHash('sha256').update(body).digest('base64url')}"`;

const conditionsOf = ({ headers }: Request) => ({
  'if-none-match': headers.get('if-none-match'),
  'if-modified-since': headers.get('if-modified-since'),
});
