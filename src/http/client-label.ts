import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import { createClientAddress } from './client-address.ts';
import type { ClientIdentityOptions } from './client-identity.ts';
import { bearerToken, createKeyCheck } from './client-keys.ts';

/** Returns the short text that identifies the client of a request in the log. */
export type LabelClient = (request: IncomingMessage) => string;

/** The number of hexadecimal digits of a key's hash that the log shows. This is enough to distinguish the few keys of a gateway. */
const HASH_LENGTH = 8;

/** The maximum length of an address in the log, in characters. A trusted proxy may send a longer text in place of an address. */
const MAX_ADDRESS_LENGTH = 50;

/** The maximum number of `authorization` headers whose labels are remembered. */
const MAX_HEADERS = 1000;

/**
 * Creates a function that returns a label for a client: the beginning of the SHA-256 of the client's key if the client sends one of the
 * known keys, otherwise its address. Labels are remembered, because every request needs one.
 */
export function createClientLabel({ keys, ...options }: ClientIdentityOptions): LabelClient {
  const hasKey = createKeyCheck(keys);
  const addressOf = createClientAddress(options);
  /** The labels of valid keys, by the `authorization` header that contains the key. */
  const labels = new LRUCache<string, string>({ max: MAX_HEADERS });
  /**
   * The client address of each connection. It is stored only if no proxies are trusted, because a proxy may send requests of many clients
   * over one connection.
   */
  const addresses = new WeakMap<Socket, string>();

  function labelOfKey(authorization: string | undefined): string | undefined {
    if (keys.length === 0 || authorization === undefined) return undefined;
    const known = labels.get(authorization);
    if (known !== undefined || !hasKey(authorization)) return known;
    const label = `key:${shortHashOf(bearerToken(authorization) ?? '')}`;
    labels.set(authorization, label);
    return label;
  }

  function labelOfAddress(request: IncomingMessage): string {
    const label = addressOf(request).slice(0, MAX_ADDRESS_LENGTH);
    if (options.trustedProxies.length === 0) addresses.set(request.socket, label);
    return label;
  }

  return (request) =>
    labelOfKey(request.headers.authorization) ?? addresses.get(request.socket) ?? labelOfAddress(request);
}

const shortHashOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, HASH_LENGTH);
