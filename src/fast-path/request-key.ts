import type { IncomingMessage } from 'node:http';
import { STREAM_TOKEN } from '../http/plugins/single-connection.ts';

/** Everything that the response to a request may depend on. */
export interface RequestKey {
  /** The request headers that the response may depend on, including `authorization`. */
  readonly headers: string;
  /** The method, the URL, the text of `headers`, and the body. */
  readonly text: string;
  /** The body; empty for a GET request, whose operation is in the URL. */
  readonly body: string;
}

/** The maximum length of the URL and the body together, in characters. A longer request has no key, because it is rarely sent twice. */
const MAX_LENGTH = 16_384;

/**
 * Returns the key of a request. Returns `null` if the fast path must not answer the request: if it is too long, if it has an encoded body,
 * if it belongs to an event stream, or if it is a POST that may have its operation in the URL.
 */
export function readRequestKey({ method = '', url = '', headers }: IncomingMessage, body: string): RequestKey | null {
  if (url.length + body.length > MAX_LENGTH) return null;
  if (headers['content-encoding'] !== undefined || headers[STREAM_TOKEN] !== undefined) return null;
  if (method === 'POST' && (body === '' || url.includes('?'))) return null;
  const { accept = '', 'content-type': type = '', origin = '', authorization = '' } = headers;
  // The texts of different headers always differ, because a header cannot contain the line break that separates them.
  const read = `${accept}\n${type}\n${origin}\n${authorization}`;
  return { headers: read, text: `${method} ${url}\n${read}\n${body}`, body };
}
