import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import proxyAddr from 'proxy-addr';
import { bearerToken, createKeyCheck } from './client-keys.ts';

/** Names the client of a request; `null` for a client that may send as many requests as it likes. */
export type Identify = (authorization: string | null | undefined, request: IncomingMessage) => string | null;

/** What tells clients apart. */
export interface ClientIdentityOptions {
  /** Addresses of proxies whose `x-forwarded-for` is believed: addresses, ranges, or 'loopback', 'linklocal', 'uniquelocal'. */
  readonly trustedProxies: readonly string[];
  /** Keys of clients: who has one is known by it, and everybody else by the address. */
  readonly keys: readonly string[];
  /** How many leading bits of an IPv6 address name a client, 1 to 128. A host usually has a whole /64 to choose addresses from. */
  readonly ipv6Prefix: number;
}

/**
 * Names the client of a request, so that its requests can be counted: a digest of its key, else its IPv4 address, else the prefix of
 * its IPv6 address. `null` for programs on this machine, which may be a proxy for anybody, unless proxies are trusted, which then
 * name the client.
 */
export function createClientIdentity({ trustedProxies, keys, ipv6Prefix }: ClientIdentityOptions): Identify {
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

  return (authorization, request) => {
    if (trustedProxies.length === 0 && isLoopback(request.socket)) return null;
    if (hasKey(authorization)) return digestOf(bearerToken(authorization) ?? '');
    return addressOf(proxyAddr(request, trust), ipv6Prefix);
  };
}

/** An IPv4 address as it is, also one that is mapped into IPv6; the prefix of another IPv6 address; other text as it is. */
function addressOf(address: string, ipv6Prefix: number): string {
  // Most addresses are IPv4 and pass at once.
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

/** The eight groups of an IPv6 address, however it is written; `null` when it is not an address. */
function groupsOf(address: string): readonly number[] | null {
  const host = `http://[${address.split('%', 1)[0]}]`;
  if (!URL.canParse(host)) return null;
  // URLs write each address in one way: in lower case, without dots, with the longest run of zeros left out.
  const [before = '', after] = new URL(host).hostname.slice(1, -1).split('::');
  const toGroups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [toGroups(before), toGroups(after ?? '')];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

/** A client is known by a digest, so that its key is not in memory once more. */
const digestOf = (key: string): string => createHash('sha256').update(key).digest('base64');
