import type { IncomingMessage } from 'node:http';
import { STREAM_TOKEN } from '../http/plugins/single-connection.ts';

/** The key under which the response to a request is stored. It contains everything that the response may depend on. */
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
 * Returns the key of a request. Returns `null` for a request that Yoga must answer: a request that is too long, has an encoded body,
 * belongs to an event stream, or is a POST whose operation may be in the URL.
 */
export function readRequestKey({ method = '', url = '', headers }: IncomingMessage, body: string): RequestKey | null {
  if (url.length + body.length > MAX_LENGTH) return null;
  if (headers['content-encoding'] !== undefined || headers[STREAM_TOKEN] !== undefined) return null;
  if (method === 'POST' && (body === '' || url.includes('?'))) return null;
  const { accept = '', 'content-type': type = '', origin = '', authorization = '' } = headers;
  // A line break separates the headers. A header cannot contain a line break, so different headers never give the same text.
  const read = `${accept}\n${type}\n${origin}\n${authorization}`;
  return { headers: read, text: `${method} ${url}\n${read}\n${body}`, body };
}
