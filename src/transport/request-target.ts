import type { IncomingMessage } from 'node:http';

/**
 * Brings what is asked for into the one form that the server understands, a path (RFC 9112, section 3.2: clients of a proxy
 * send a whole URL). Returns whether there is such a form; of a host or a path that is none, nothing can be made.
 */
export function normaliseTarget(request: IncomingMessage): boolean {
  const { url = '', headers } = request;
  if (!url.startsWith('/')) {
    if (!URL.canParse(url)) return false;
    const { pathname, search } = new URL(url);
    request.url = pathname + search;
  }
  return URL.canParse(`http://${headers.host ?? 'localhost'}${request.url}`);
}
