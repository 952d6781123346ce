import type { IncomingMessage } from 'node:http';

/**
 * Rewrites the request's target to the path and query that a URL parser reads in it, so that everything behind this function compares
 * the same path: `/./graphql`, `/%2e/graphql`, `/graphql#x` and `http://host/graphql` (RFC 9112, section 3.2) all become `/graphql`.
 * Returns false when the target or the host header is not part of a valid http URL.
 */
export function normaliseTarget(request: IncomingMessage): boolean {
  const { url = '', headers } = request;
  if (!isHost(headers.host || 'localhost')) return false;
  if (isNormal(url)) return true;
  const whole = url.startsWith('/') ? `http://localhost${url}` : url;
  if (!/^https?:/i.test(whole) || !URL.canParse(whole)) return false;
  const { pathname, search } = new URL(whole);
  request.url = pathname + search;
  return true;
}

/** Paths that a URL parser leaves as they are: no segment begins with a dot, and nothing is escaped. The query may be anything. */
const NORMAL_PATH = /^\/(?:[\w-][\w.-]*(?:\/[\w-][\w.-]*)*)?(?:\?|$)/;

/** Parsing a URL takes microseconds, and almost every target needs none. */
const isNormal = (url: string): boolean => NORMAL_PATH.test(url) && !url.includes('#');

/** The last valid host header: clients send the same one again and again. */
let knownHost = 'localhost';

/** A host with a path or a query of its own would move the target to another path, since the server joins the two. */
function isHost(host: string): boolean {
  if (host === knownHost) return true;
  if (/[/\\?#@]/.test(host) || !URL.canParse(`http://${host}/`)) return false;
  knownHost = host;
  return true;
}
