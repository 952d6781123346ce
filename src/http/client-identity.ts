import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import proxyAddr from 'proxy-addr';
import { type ClientAddressOptions, createClientAddress } from './client-address.ts';
import { bearerToken, createKeyCheck } from './client-keys.ts';

/** Returns the name of the client that sent a request; `null` for a client without limits. */
export type Identify = (authorization: string | null | undefined, request: IncomingMessage) => string | null;

/** The rules by which the gateway distinguishes clients. */
export interface ClientIdentityOptions extends ClientAddressOptions {
  /** Client keys. A client that sends one of them is identified by its key, and every other client by its address. */
  readonly keys: readonly string[];
}

/**
 * Creates a function that identifies the client of a request: by the digest of its key if it sends one, else by its IPv4 address, or by the
 * prefix of its IPv6 address. If no proxies are trusted, the function returns `null` for a request that comes from this machine, because
 * its sender may be a proxy for many clients.
 */
export function createClientIdentity({ keys, ...options }: ClientIdentityOptions): Identify {
  const hasKey = createKeyCheck(keys);
  const addressOf = createClientAddress(options);
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
    if (options.trustedProxies.length === 0 && isLoopback(request.socket)) return null;
    if (hasKey(authorization)) return digestOf(bearerToken(authorization) ?? '');
    return addressOf(request);
  };
}

/** Returns the digest of a key. The digest serves as the name of the client, so that no further copy of the key is kept in memory. */
const digestOf = (key: string): string => createHash('sha256').update(key).digest('base64');
