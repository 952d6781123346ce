import { compress, type Encoding } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import type { Validators } from '../http/validators.ts';
import type { Sources } from '../loaders/validity.ts';

/** A body and the headers that describe it. */
export interface Content {
  readonly lines: HeaderLines;
  readonly body: Buffer | string;
  /** The encoding in which a string is sent. */
  readonly charset: 'latin1' | 'utf8';
}

/** A response without errors, made once and sent any number of times. */
export interface MadeResponse extends Validators {
  /** `null` for a 304: the client had the body. */
  readonly body: Buffer | string | null;
  /** All headers that neither the request, the moment nor the encoding decides. */
  readonly lines: HeaderLines;
  /** When the response stops being fresh, in monotonic milliseconds of this process; may be infinite. */
  readonly freshUntil: number;
  /** `null` if the response must not be stored. */
  readonly sources: Sources | null;
}

/** Shorter bodies fit into one packet with their headers, and are never compressed. */
const MIN_LONG_BYTES = 1024;

/** Estimated memory that a response takes besides its body and its sources. */
const OVERHEAD_BYTES = 1000;

/** Estimated memory for each observation that a response was made from: an entry of a map, and its key. The observation is shared. */
const SOURCE_BYTES = 100;

/** A finished response together with its compressed forms, each made for the first client that accepts it. */
export class FinishedResponse {
  readonly made: MadeResponse;
  /** The length of the body in bytes. */
  readonly length: number;
  /** The uncompressed body; `null` for a 304. */
  readonly plain: Content | null;
  readonly #compressed = new Map<Encoding, Promise<Content>>();

  constructor(made: MadeResponse) {
    this.made = made;
    this.length = made.body === null ? 0 : Buffer.byteLength(made.body);
    this.plain = made.body === null ? null : this.#toContent(made.body);
  }

  /** Estimated memory of the response, in bytes. All compressed forms together are smaller than the body. */
  get size(): number {
    const observations = this.made.sources?.observations.size ?? 0;
    return 2 * this.length + OVERHEAD_BYTES + SOURCE_BYTES * observations;
  }

  /** Whether compressing the body is worth the time. */
  get isCompressible(): boolean {
    return this.length >= MIN_LONG_BYTES;
  }

  /** Returns the body in an encoding, or as it is if compression fails. */
  as(encoding: Encoding, plain: Content): Promise<Content> {
    const compressed = this.#compressed.get(encoding) ?? this.#compress(encoding, plain).catch(() => plain);
    this.#compressed.set(encoding, compressed);
    return compressed;
  }

  /** Node writes a short string and its headers in one piece. A Buffer would be a second piece. */
  #toContent(body: Buffer | string): Content {
    const sent = this.isCompressible ? body : body.toString();
    // A text with as many characters as bytes is ASCII. Node then need not scan it when it sends it.
    const charset = sent.length === this.length ? 'latin1' : 'utf8';
    return { lines: [...this.made.lines, 'content-length', this.length], body: sent, charset };
  }

  async #compress(encoding: Encoding, plain: Content): Promise<Content> {
    const body = await compress(plain.body, encoding);
    const lines = [...this.made.lines, 'content-encoding', encoding, 'content-length', body.length];
    return { lines, body, charset: 'latin1' };
  }
}
