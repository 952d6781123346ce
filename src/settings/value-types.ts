import proxyAddr from 'proxy-addr';
import { z } from 'zod';

/** A schema for a whole number in decimal digits. */
export const wholeNumber = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .trim()
    .regex(/^\d+$/, allowed)
    .transform(Number)
    .pipe(z.number(allowed).min(min, allowed).max(max, allowed));
};

/** A schema for one of `words`, in upper or lower case. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(words, `one of ${words.join(', ')}`));

/** A schema for an HTTP URL that contains no user name and no password. */
export const httpUrl = z
  .string()
  .trim()
  .pipe(z.url({ protocol: /^https?$/, error: 'an http or https URL' }))
  .transform((url) => new URL(url))
  .refine((url) => url.username === '' && url.password === '', 'a URL without user name and password');

/** A schema for a list of comma-separated parts. Each part must pass `isAllowed`. `allowed` describes the parts in error messages. */
export const listOf = (allowed: string, isAllowed: (part: string) => boolean) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every(isAllowed), allowed);

/** Matches a bearer token. */
export const BEARER_TOKEN = /^[\w.~+/-]+=*$/;

/** Whether a string is an origin, or `*`. */
export function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

/** Whether a string names a proxy: an address, a range of addresses, or a name such as `loopback`. */
export function isProxy(text: string): boolean {
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether each percent sign in a text starts an escape, and the escapes decode to valid UTF-8. */
function isEncoded(text: string): boolean {
  try {
    // `decodeURIComponent` throws if the text is malformed. The comparison is always true. Without the comparison, the bundler would remove
    // the call, because its result would not be used.
    return decodeURIComponent(text).length <= text.length;
  } catch {
    return false;
  }
}

/** A schema for the URL of a Redis server. */
export const redisUrl = z
  .string()
  .trim()
  .pipe(z.url({ protocol: /^rediss?$/, error: 'a redis or rediss URL' }))
  .transform((url) => new URL(url))
  .refine(
    ({ username, password }) => isEncoded(username) && isEncoded(password),
    'a URL whose user name and password are URL-encoded (write a % in the password as %25)',
  )
  .refine(
    ({ pathname }) => /^(?:\/\d{0,9})?$/.test(pathname),
    'a URL whose path is the number of a database, or a URL without a path',
  );
