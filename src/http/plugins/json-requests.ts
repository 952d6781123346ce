import type { Plugin } from 'graphql-yoga';
import { type Refusal, refuse } from '../refusal.ts';

/** The headers by which a request is judged. */
interface RequestHead {
  readonly method: string | undefined;
  readonly contentType: string | null | undefined;
  readonly contentEncoding: string | null | undefined;
}

/**
 * Refuses methods other than GET and POST, and bodies that are not plain application/json. A browser sends a form to another site without
 * asking that site first, but not JSON.
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

/** Why the method or the type of the body is not accepted; `null` when both are. */
export function refusalOfHead({ method, contentType, contentEncoding }: RequestHead): Refusal | null {
  if (method === 'GET') return null;
  if (method !== 'POST') return WRONG_METHOD;
  if (!isJsonType(contentType)) return WRONG_TYPE;
  const isPlain = contentEncoding == null || /^\s*(?:identity)?\s*$/i.test(contentEncoding);
  return isPlain ? null : WRONG_ENCODING;
}

/** Whether a `content-type` is that of JSON, in any case and with any parameters. */
function isJsonType(contentType: string | null | undefined): boolean {
  if (contentType === 'application/json') return true;
  const [type = ''] = (contentType ?? '').split(';', 1);
  return type.trim().toLowerCase() === 'application/json';
}

/** A HEAD request is a GET request by the time it gets here. */
const WRONG_METHOD: Refusal = {
  status: 405,
  code: 'BAD_REQUEST',
  message: 'Send a query by GET, or any operation by POST.',
  headers: { allow: 'GET, HEAD, POST' },
};

const WRONG_TYPE: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'The body of a POST must have the content-type application/json.',
  headers: { accept: 'application/json' },
};

const WRONG_ENCODING: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'The body must not be compressed. Send it without a content-encoding.',
  headers: { 'accept-encoding': 'identity' },
};
