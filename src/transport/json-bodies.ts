import type { Plugin } from 'graphql-yoga';
import { refuse } from './refusal.ts';

/**
 * Takes POST bodies as application/json alone: a browser asks before it sends such a one to another site, and does not before
 * it sends a form.
 */
export function useJsonBodies(endpoint: string): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (request.method !== 'POST' || url.pathname !== endpoint) return;
      const [type = ''] = (request.headers.get('content-type') ?? '').split(';', 1);
      if (type.trim().toLowerCase() === 'application/json') return;
      const message = 'A POST has a body of content-type application/json.';
      endResponse(
        refuse(fetchAPI, { status: 415, code: 'BAD_REQUEST', message, headers: { accept: 'application/json' } }),
      );
    },
  };
}
