import type { IncomingMessage } from 'node:http';
import { STREAM_TOKEN } from '../http/plugins/single-connection.ts';

/** Everything that the response to a request may depend on. */
export interface RequestKey {
  /** The headers that the response may depend on, `authorization` included. */
  readonly headers: string;
  /** The method, the URL, those headers and the body. */
  readonly text: string;
  /** Empty for GET, which has the operation in its URL. */
  readonly body: string;
}

/** The longest URL and body, in characters. Longer requests are rarely sent twice. */
const MAX_LENGTH = 16_384;

/**
 * The key of a request. `null` if its response is not stored: the request is long, has an encoded body, belongs to an event stream, or
 * has its operation in two places.
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
