import type { IncomingMessage } from 'node:http';
import { createKeyCheck } from './client-keys.ts';
import { refusalOfHead } from './plugins/json-requests.ts';

/** Judges a POST to the endpoint by its headers: whether to read its body. */
export type Admit = (request: IncomingMessage) => boolean;

/** Admits JSON from clients that send one of the keys, if there are any. Yoga refuses all others without their body. */
export function createAdmission(keys: readonly string[]): Admit {
  const hasKey = createKeyCheck(keys);
  return ({ method, headers }) => {
    const { authorization, 'content-type': contentType, 'content-encoding': contentEncoding } = headers;
    if (refusalOfHead({ method, contentType, contentEncoding }) !== null) return false;
    return keys.length === 0 || hasKey(authorization);
  };
}
