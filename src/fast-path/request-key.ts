import type { IncomingMessage } from 'node:http';
import { STREAM_TOKEN } from '../http/plugins/single-connection.ts';

/** Everything that the response to a request may depend on. */
export interface RequestKey {
  /** The headers that the response may depend on, `authorization` included. */
  readonly headers: string;
  /** The method, the URL, these headers and the body. */
  readonly text: string;
  /** The body; empty for GET, whose operation is in the URL. */
  readonly body: string;
}

/** How many characters the URL and the body may have together. Longer requests are rarely sent twice. */
const MAX_LENGTH = 16_384;

/**
 * Returns the key of a request; `null` if the response is not stored. This applies to a request that is too long, has an encoded body or
 * belongs to an event stream, and to a POST that may have its operation in the URL.
 */
export function readRequestKey({ method = '', url = '', headers }: IncomingMessage, body: string): RequestKey | null {
  if (url.length + body.length > MAX_LENGTH) return null;
  if (headers['content-encoding'] !== undefined || headers[STREAM_TOKEN] !== undefined) return null;
  if (method === 'POST' && (body === '' || url.includes('?'))) return null;
  const { accept = '', 'content-type': type = '', origin = '', authorization = '' } = headers;
  // No header contains a line break.
  const read = `${accept}\n${type}\n${origin}\n${authorization}`;
  return { headers: read, text: `${method} ${url}\n${read}\n${body}`, body };
}
