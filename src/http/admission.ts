import type { IncomingMessage } from 'node:http';
import { createKeyCheck } from './client-keys.ts';
import { refusalOfHead } from './request-head.ts';

/** Returns whether to read the body of a POST to the endpoint. This depends only on the headers of the request. */
export type Admit = (request: IncomingMessage) => boolean;

/**
 * Creates a function that decides whether to read the body of a request: it must be JSON, and if there are `keys`, the client must send one
 * of them. Yoga refuses all other requests without reading their bodies.
 */
export function createAdmission(keys: readonly string[]): Admit {
  const hasKey = createKeyCheck(keys);
  return ({ method, headers }) => {
    const { authorization, 'content-type': contentType, 'content-encoding': contentEncoding } = headers;
    if (refusalOfHead({ method, contentType, contentEncoding }) !== null) return false;
    return keys.length === 0 || hasKey(authorization);
  };
}
