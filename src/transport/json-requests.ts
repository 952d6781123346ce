import type { Plugin } from 'graphql-yoga';
import { type Refusal, refuse } from './refusal.ts';

/**
 * Takes POST bodies as application/json alone: a browser asks before it sends such a one to another site, and does not before
 * it sends a form. What a GET sends as JSON in its query string must be JSON; Yoga would fail on it.
 */
export function useJsonRequests(endpoint: string): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint) return;
      const refusal = request.method === 'POST' ? refusalOfPost(request) : refusalOfQuery(url);
      if (refusal !== null) endResponse(refuse(fetchAPI, refusal));
    },
  };
}

/** Whether a `content-type` is that of JSON, whatever its parameters. */
export function isJsonType(contentType: string | null | undefined): boolean {
  if (contentType === 'application/json') return true;
  const [type = ''] = (contentType ?? '').split(';', 1);
  return type.trim().toLowerCase() === 'application/json';
}

function refusalOfPost(request: Request): Refusal | null {
  if (isJsonType(request.headers.get('content-type'))) return null;
  const message = 'A POST has a body of content-type application/json.';
  return { status: 415, code: 'BAD_REQUEST', message, headers: { accept: 'application/json' } };
}

function refusalOfQuery({ searchParams }: URL): Refusal | null {
  const bad = ['variables', 'extensions'].find((name) => !isJson(searchParams.get(name) ?? ''));
  return bad === undefined ? null : { status: 400, code: 'BAD_REQUEST', message: `"${bad}" is not JSON.` };
}

function isJson(text: string): boolean {
  try {
    return text === '' || JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}
