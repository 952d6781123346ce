import { createHash } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { type CacheControl, NOT_KEPT } from '../cache-control.ts';
import { isUnchanged, lastModifiedOf, type Observed } from '../validators.ts';

/** What HTTP caching needs. */
export interface HttpCacheOptions<Context> {
  /** How long the answer that was made in this context holds; `null` when it should not be kept. */
  readonly holdingOf: (context: Context) => Observed | null;
  readonly cacheControl: CacheControl;
}

/**
 * Sends `cache-control` with every response. Answers of GraphQL without errors may be kept for as long as they are fresh, by GET and POST.
 * Those to GET also have a tag of their content, and are 304 for clients that have them. Everything else must not be kept, unless its
 * plugin says so.
 */
export function useHttpCache<Context extends object>(
  options: HttpCacheOptions<Context>,
): Plugin<object, object, Context> {
  const { holdingOf, cacheControl } = options;
  /** Of requests that were answered without errors. */
  const holdings = new WeakMap<Request, Observed | null>();

  return {
    onExecutionResult({ request, result, context }) {
      const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
      if (isWhole) holdings.set(request, holdingOf(context as Context));
    },

    async onResponse({ request, response, fetchAPI, setResponse }) {
      const { headers, status } = response;
      const type = headers.get('content-type') ?? '';
      // Yoga lets caches keep server-sent events. Set without being deleted, its header would be sent as well, since it is in other case.
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
      // The body has a length from here on, also one that Yoga would have sent in parts.
      headers.delete('transfer-encoding');
      const validators = { tag: tagOf(body), lastModified: lastModifiedOf(holding) };
      headers.set('etag', validators.tag);
      if (validators.lastModified !== null) headers.set('last-modified', validators.lastModified);
      // A 304 without `max-age` would let caches go on counting by the header that they stored with the answer.
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
