import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import { createKeyCheck, tokenOf } from './client-keys.ts';

/** What tells clients apart. */
export interface ClientIdentityOptions {
  /** Addresses of proxies whose `x-forwarded-for` is believed: addresses, ranges, or 'loopback', 'linklocal', 'uniquelocal'. */
  readonly trustedProxies: readonly string[];
  /** Keys of clients: who has one is known by it, and everybody else by the address. */
  readonly keys: readonly string[];
}

/**
 * Tells who asks, so that what each does can be counted. `null` for programs on this machine, which may be a proxy for
 * anybody, unless proxies are trusted, which then say who asks.
 */
export function createClientIdentity({ trustedProxies, keys }: ClientIdentityOptions) {
  const hasKey = createKeyCheck(keys);
  const trust = proxyAddr.compile([...trustedProxies]);
  const isLoopback = proxyAddr.compile('loopback');
  return (request: Request, incoming: IncomingMessage): string | null => {
    if (trustedProxies.length === 0 && isLoopback(incoming.socket.remoteAddress ?? '', 0)) return null;
    return hasKey(request) ? digestOfKey(request) : proxyAddr(incoming, trust);
  };
}

/** Not the key itself, which need not be in memory once more. */
const digestOfKey = (request: Request): string =>
  createHash('sha256')
    .update(tokenOf(request) ?? '')
    .digest('base64');
