import type { Refusal } from './refusal.ts';

/** The parts of a request that `refusalOfHead` checks. */
interface RequestHead {
  readonly method: string | undefined;
  readonly contentType: string | null | undefined;
  readonly contentEncoding: string | null | undefined;
}

/** Returns the refusal if the method, the type or the encoding of the body is not accepted; `null` if all three are accepted. */
export function refusalOfHead({ method, contentType, contentEncoding }: RequestHead): Refusal | null {
  if (method === 'GET') return null;
  if (method !== 'POST') return WRONG_METHOD;
  if (!isJsonType(contentType)) return WRONG_TYPE;
  const isPlain = contentEncoding == null || /^\s*(?:identity)?\s*$/i.test(contentEncoding);
  return isPlain ? null : WRONG_ENCODING;
}

/** Whether a `content-type` is application/json, in upper or lower case and with any parameters. */
function isJsonType(contentType: string | null | undefined): boolean {
  if (contentType === 'application/json') return true;
  const [type = ''] = (contentType ?? '').split(';', 1);
  return type.trim().toLowerCase() === 'application/json';
}

/**
 * The refusal of a wrong method. Its list of allowed methods contains HEAD, because a HEAD request is turned into a GET request before this
 * check.
 */
const WRONG_METHOD: Refusal = {
  status: 405,
  code: 'BAD_REQUEST',
  message: 'Only GET and POST are supported. Send a query by GET, or any operation by POST.',
  headers: { allow: 'GET, HEAD, POST' },
};

const WRONG_TYPE: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'The body of a POST must have the content-type application/json.',
  headers: { accept: 'application/json' },
};

const WRONG_ENCODING: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'The body must not be compressed. Send it without a content-encoding.',
  headers: { 'accept-encoding': 'identity' },
};
