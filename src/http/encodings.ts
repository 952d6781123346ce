import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

/** A content coding for responses, by its name in `content-encoding`. */
export type Encoding = 'br' | 'zstd' | 'gzip';

type Compress = (body: Uint8Array | string) => Promise<Buffer>;

/**
 * A fast quality level for Brotli. With the default, which is the slowest level, results are 20 % smaller, but compression takes 100 times
 * as long.
 */
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } };

const asBrotli = promisify(zlib.brotliCompress);
const asGzip = promisify(zlib.gzip);

/**
 * Compresses with Zstandard; `undefined` before Node 22.15. The installed types of Node lack this function, because they describe the
 * oldest supported version.
 */
const { zstdCompress } = zlib as { readonly zstdCompress?: typeof zlib.gzip };

/**
 * The supported encodings. The encoding with the smallest results comes first, because a response is compressed once and sent many times.
 */
const COMPRESS = new Map<Encoding, Compress>([
  ['br', (body) => asBrotli(body, BROTLI)],
  ...(zstdCompress === undefined ? [] : [['zstd', promisify(zstdCompress)] as const]),
  ['gzip', (body) => asGzip(body)],
]);

/** The encodings that were recently chosen, by `accept-encoding` header. Clients send only a few different headers. */
const chosen = new LRUCache<string, { readonly encoding: Encoding | null }>({ max: 100 });

/**
 * The minimum length of a body that is compressed, in bytes. A shorter body fits into one packet with its headers, so compression would not
 * help.
 */
export const MIN_LONG_BYTES = 1024;

/**
 * Returns the best encoding for a body of `length` bytes that `accept-encoding` accepts; `null` if the body must not be compressed, or if it
 * is too short.
 */
export function encodingFor(acceptEncoding: string | undefined, length: number): Encoding | null {
  if (acceptEncoding === undefined || length < MIN_LONG_BYTES) return null;
  const known = chosen.get(acceptEncoding);
  if (known !== undefined) return known.encoding;
  const offered = [...COMPRESS.keys()];
  const accepted = acceptedOf(offered, acceptEncoding);
  const encoding = offered.find((one) => accepted.includes(one)) ?? null;
  chosen.set(acceptEncoding, { encoding });
  return encoding;
}

/** Whether `accept-encoding` accepts gzip. */
export const acceptsGzip = (acceptEncoding: string): boolean => acceptedOf(['gzip'], acceptEncoding).includes('gzip');

const acceptedOf = (offered: Encoding[], acceptEncoding: string) =>
  new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }).encodings(offered);

/** Compresses a body in another thread. Rejects if the installed version of Node does not support the encoding. */
export const compress = async (body: Uint8Array | string, encoding: Encoding): Promise<Buffer> => {
  const compressAs = COMPRESS.get(encoding);
  if (compressAs === undefined) throw new Error(`This version of Node has no ${encoding}`);
  return compressAs(body);
};
