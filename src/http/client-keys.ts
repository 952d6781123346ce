import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What tells who asks: a request of fetch, or a view of one of Node. */
export interface WithHeaders {
  readonly headers: { get(name: string): string | null };
}

/** The headers of a Node request that keys are read from, as those of a request of fetch. */
export function viewOf({ headers }: IncomingMessage): WithHeaders {
  return { headers: { get: (name) => (name === 'authorization' ? (headers.authorization ?? null) : null) } };
}

/** The bearer token of a request, however the header is written. */
export function tokenOf(request: WithHeaders): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

/**
 * Tells whether a request has one of the keys. Compares digests, all of them, so that the time taken tells nothing of a key,
 * not even its length.
 */
export function createKeyCheck(keys: readonly string[]): (request: WithHeaders) => boolean {
  const digests = keys.map(digest);
  return (request) => {
    const given = digest(tokenOf(request) ?? '');
    return digests.map((key) => timingSafeEqual(key, given)).includes(true);
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
