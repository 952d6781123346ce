import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import proxyAddr from 'proxy-addr';
import { bearerToken, createKeyCheck } from './client-keys.ts';

/** Returns the name of the client that sent a request; `null` for a client without limits. */
export type Identify = (authorization: string | null | undefined, request: IncomingMessage) => string | null;

/** The rules by which the gateway distinguishes clients. */
export interface ClientIdentityOptions {
  /** Proxies whose `x-forwarded-for` header is trusted: addresses, ranges, or 'loopback', 'linklocal', 'uniquelocal'. */
  readonly trustedProxies: readonly string[];
  /** Client keys. A client that sends one of them is identified by its key, and every other client by its address. */
  readonly keys: readonly string[];
  /**
   * The number of leading bits of an IPv6 address that identify a client, from 1 to 128. 64 is usual, because a host can usually use all
   * addresses of a /64.
   */
  readonly ipv6Prefix: number;
}

/**
 * Creates a function that identifies the client of a request: by the digest of its key if it sends one, else by its IPv4 address, or by the
 * prefix of its IPv6 address. If no proxies are trusted, the function returns `null` for a request that comes from this machine, because
 * its sender may be a proxy for many clients.
 */
export function createClientIdentity({ trustedProxies, keys, ipv6Prefix }: ClientIdentityOptions): Identify {
  const hasKey = createKeyCheck(keys);
  const trust = proxyAddr.compile([...trustedProxies]);
  const isLoopbackAddress = proxyAddr.compile('loopback');
  /** Whether a connection comes from this machine. The result is stored, because a connection may carry many requests. */
  const areLoopback = new WeakMap<Socket, boolean>();

  function isLoopback(socket: Socket): boolean {
    const known = areLoopback.get(socket);
    if (known !== undefined) return known;
    const is = isLoopbackAddress(socket.remoteAddress ?? '', 0);
    areLoopback.set(socket, is);
    return is;
  }

  return (authorization, request) => {
    if (trustedProxies.length === 0 && isLoopback(request.socket)) return null;
    if (hasKey(authorization)) return digestOf(bearerToken(authorization) ?? '');
    return addressOf(proxyAddr(request, trust), ipv6Prefix);
  };
}

/**
 * Returns the name for an address. An IPv4 address is its own name, even if it is written as an IPv6 address. The name of any other IPv6
 * address is its prefix. Any other text is returned unchanged.
 */
function addressOf(address: string, ipv6Prefix: number): string {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  if (groups === null) return address;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  const kept = groups.map((group, index) => {
    const bits = Math.min(Math.max(ipv6Prefix - index * 16, 0), 16);
    return (group & (0xff_ff << (16 - bits)) & 0xff_ff).toString(16);
  });
  return `${kept.join(':')}/${ipv6Prefix}`;
}

/** Returns the eight groups of an IPv6 address in any notation; `null` if the text is not an address. */
function groupsOf(address: string): readonly number[] | null {
  const host = `http://[${address.split('%', 1)[0]}]`;
  if (!URL.canParse(host)) return null;
  // A URL parser writes every address in the same notation: in lower case, without dots, and with `::` for the longest run of zeros. So
  // only this notation has to be read.
  const [before = '', after] = new URL(host).hostname.slice(1, -1).split('::');
  const toGroups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [toGroups(before), toGroups(after ?? '')];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

/** Returns the digest of a key, which is the name of the client. The digest avoids another copy of the key in memory. */
const digestOf = (key: string): string => createHash('sha256').update(key).digest('base64');
