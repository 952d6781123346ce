import type { IncomingMessage } from 'node:http';
import { createKeyCheck, viewOf } from './client-keys.ts';
import { isJsonType } from './json-requests.ts';

/** Judges a POST to the endpoint by its headers: whether its body is worth reading. */
export type Admit = (request: IncomingMessage) => boolean;

/** Admits JSON from clients that send one of the keys, if there are any. Yoga refuses all others without their body. */
export function createAdmission(keys: readonly string[]): Admit {
  const hasKey = createKeyCheck(keys);
  return (request) => isJsonType(request.headers['content-type']) && (keys.length === 0 || hasKey(viewOf(request)));
}
