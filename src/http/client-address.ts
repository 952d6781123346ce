import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';

/** The rules by which the gateway finds the address of a client. */
export interface ClientAddressOptions {
  /** Proxies whose `x-forwarded-for` header is trusted: addresses, ranges, or 'loopback', 'linklocal', 'uniquelocal'. */
  readonly trustedProxies: readonly string[];
  /**
   * The number of leading bits of an IPv6 address that identify a client, from 1 to 128. 64 is usual, because a host can usually use all
   * addresses of a /64.
   */
  readonly ipv6Prefix: number;
}

/**
 * Returns the IPv4 address of the client that sent a request, or the prefix of its IPv6 address. Returns an empty string if the client has
 * disconnected.
 */
export type ClientAddress = (request: IncomingMessage) => string;

/** Creates a function that finds the address of a client, behind the trusted proxies. */
export function createClientAddress({ trustedProxies, ipv6Prefix }: ClientAddressOptions): ClientAddress {
  const trust = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    // The package's types do not say that there is no address after the client has disconnected.
    const address: string | undefined = proxyAddr(request, trust);
    return address === undefined ? '' : nameOfAddress(address, ipv6Prefix);
  };
}

/**
 * Returns a text that identifies a client by its address: the IPv4 address, or the prefix of the IPv6 address. An IPv4 address that is
 * written as an IPv6 address counts as IPv4. Any other text is returned unchanged.
 */
export function nameOfAddress(address: string, ipv6Prefix: number): string {
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
  // A URL parser writes every IPv6 address in the same notation: in lower case, without dots, and with `::` for the longest run of zeros.
  // So the code below supports only this notation.
  const [before = '', after] = new URL(host).hostname.slice(1, -1).split('::');
  const toGroups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [toGroups(before), toGroups(after ?? '')];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}
