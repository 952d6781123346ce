import type { IncomingMessage } from 'node:http';

/**
 * Rewrites the target of a request (`request.url`) to its normal form, so that all later code sees the same path. Returns false if the
 * target or the host header is not valid.
 */
export function normaliseTarget(request: IncomingMessage): boolean {
  const target = normalTargetOf(request);
  if (target === null) return false;
  request.url = target;
  return true;
}

/**
 * Returns the path and query that a URL parser finds in the target of a request. For example, `/./graphql`, `/%2e/graphql`, `/graphql#x` and
 * `http://host/graphql` (RFC 9112, section 3.2) all become `/graphql`. Returns `null` if the target and the host header do not form a valid
 * URL.
 */
export function normalTargetOf({ url = '', headers }: IncomingMessage): string | null {
  if (!isHost(headers.host || 'localhost')) return null;
  if (isNormal(url)) return url;
  const whole = url.startsWith('/') ? `http://localhost${url}` : url;
  if (!/^https?:/i.test(whole) || !URL.canParse(whole)) return null;
  const { pathname, search } = new URL(whole);
  return pathname + search;
}

/** Matches paths that a URL parser does not change: no segment begins with a dot, and nothing is escaped. Any query is allowed. */
const NORMAL_PATH = /^\/(?:[\w-][\w.-]*(?:\/[\w-][\w.-]*)*)?(?:\?|$)/;

/**
 * Whether the target is already in its normal form. For almost every request, this check avoids the parsing of a URL, which takes
 * microseconds.
 */
const isNormal = (url: string): boolean => NORMAL_PATH.test(url) && !url.includes('#');

/** The last valid host header. Most requests have the same host header, and do not need another check. */
let knownHost = 'localhost';

/**
 * Whether a host header is valid. It must not contain a path or a query: the server builds the URL from the host header and the request
 * target, so a path in the host header would change the path of the request.
 */
function isHost(host: string): boolean {
  if (host === knownHost) return true;
  if (/[/\\?#@]/.test(host) || !URL.canParse(`http://${host}/`)) return false;
  knownHost = host;
  return true;
}
