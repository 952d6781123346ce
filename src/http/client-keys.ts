import { createHash, timingSafeEqual } from 'node:crypto';

/** Returns whether an `authorization` header carries one of the keys. */
export type KeyCheck = (authorization: string | null | undefined) => boolean;

/** Returns the bearer token of an `authorization` header; `undefined` if the header has none. */
export function bearerToken(authorization: string | null | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/**
 * Creates a function that checks whether an `authorization` header carries one of the keys. It compares digests, and always compares every
 * key, so that its duration reveals nothing about a key, not even the length.
 */
export function createKeyCheck(keys: readonly string[]): KeyCheck {
  const digests = keys.map(digest);
  return (authorization) => {
    const given = digest(bearerToken(authorization) ?? '');
    return digests.map((key) => timingSafeEqual(key, given)).includes(true);
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
