import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import proxyAddr from 'proxy-addr';
import { createKeyCheck, tokenOf, type WithHeaders } from './client-keys.ts';

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
  const isLoopbackAddress = proxyAddr.compile('loopback');
  /** Of each connection, which may have many requests. */
  const areLoopback = new WeakMap<Socket, boolean>();

  function isLoopback(socket: Socket): boolean {
    const known = areLoopback.get(socket);
    if (known !== undefined) return known;
    const is = isLoopbackAddress(socket.remoteAddress ?? '', 0);
    areLoopback.set(socket, is);
    return is;
  }

  return (request: WithHeaders, incoming: IncomingMessage): string | null => {
    if (trustedProxies.length === 0 && isLoopback(incoming.socket)) return null;
    return hasKey(request) ? digestOfKey(request) : proxyAddr(incoming, trust);
  };
}

/** Not the key itself, which need not be in memory once more. */
const digestOfKey = (request: WithHeaders): string =>
  createHash('sha256')
    .update(tokenOf(request) ?? '')
    .digest('base64');
