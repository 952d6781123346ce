import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

/** A content coding that answers can have, as `content-encoding` names it. */
export type Encoding = 'br' | 'zstd' | 'gzip';

type Compress = (body: Buffer | string) => Promise<Buffer>;

/** Brotli's default is the slowest quality, for files that are compressed once and for all: 100 times slower, and 20 % smaller. */
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } };

const asBrotli = promisify(zlib.brotliCompress);
const asGzip = promisify(zlib.gzip);

/** Node has Zstandard since 22.15. The types are those of the oldest Node that the gateway runs on. */
const { zstdCompress } = zlib as { readonly zstdCompress?: typeof zlib.gzip };

/** The smallest result first: an answer is compressed once, and sent to many. */
const COMPRESS = new Map<Encoding, Compress>([
  ['br', (body) => asBrotli(body, BROTLI)],
  ...(zstdCompress === undefined ? [] : [['zstd', promisify(zstdCompress)] as const]),
  ['gzip', (body) => asGzip(body)],
]);

/** The encodings last chosen, by header. Clients send few different headers. */
const chosen = new LRUCache<string, { readonly encoding: Encoding | null }>({ max: 100 });

/** The best encoding that `accept-encoding` accepts; `null` for none. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | null {
  if (acceptEncoding === undefined) return null;
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

/** Compresses outside the thread that answers. Rejects with an encoding that `chooseEncoding` does not return. */
export const compress = async (body: Buffer | string, encoding: Encoding): Promise<Buffer> => {
  const compressAs = COMPRESS.get(encoding);
  if (compressAs === undefined) throw new Error(`This version of Node has no ${encoding}`);
  return compressAs(body);
};
