import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

/** How a body can be compressed, the best first. */
export const ENCODINGS = ['br', 'gzip'] as const;

/** One of them, as `content-encoding` names it. */
export type Encoding = (typeof ENCODINGS)[number];

/** What was last made of headers, of which clients send few. */
const chosen = new LRUCache<string, { readonly encoding: Encoding | null }>({ max: 100 });

/** The best encoding that `accept-encoding` accepts; `null` for none. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | null {
  if (acceptEncoding === undefined) return null;
  const known = chosen.get(acceptEncoding);
  if (known !== undefined) return known.encoding;
  const accepted = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }).encodings([...ENCODINGS]);
  const encoding = ENCODINGS.find((one) => accepted.includes(one)) ?? null;
  chosen.set(acceptEncoding, { encoding });
  return encoding;
}

/** Brotli's default is the slowest, for what is compressed once and for all: 100 times slower, and 20 % smaller. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const asBrotli = promisify(brotliCompress);
const asGzip = promisify(gzip);

/** Compresses outside the thread that answers. */
export const compress = (body: Buffer | string, encoding: Encoding): Promise<Buffer> =>
  encoding === 'br' ? asBrotli(body, BROTLI) : asGzip(body);
