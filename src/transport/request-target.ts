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
  return isHost(headers.host ?? 'localhost');
}

/** The host that was last found to be one: clients ask for the same again and again. */
let knownHost = 'localhost';

function isHost(host: string): boolean {
  if (host === knownHost) return true;
  if (!URL.canParse(`http://${host}/graphql`)) return false;
  knownHost = host;
  return true;
}
