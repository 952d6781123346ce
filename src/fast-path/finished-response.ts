import { compress, type Encoding, MIN_LONG_BYTES } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import type { RequestDetails } from '../http/request-details.ts';
import type { Validators } from '../http/validators.ts';
import type { Sources } from '../loaders/validity.ts';

/** A body and the headers that describe it. */
export interface Content {
  readonly lines: HeaderLines;
  readonly body: Buffer | string;
  /** The character encoding of a body that is a string. */
  readonly charset: 'latin1' | 'utf8';
}

/** A response without errors. It is created once, and can be sent any number of times. */
export interface MadeResponse extends Validators {
  /** The body; `null` for a 304, which is sent to a client that already has the body. */
  readonly body: Buffer | string | null;
  /** The headers that are the same each time the response is sent. They do not depend on the request, the time or the encoding. */
  readonly lines: HeaderLines;
  /** When the response will stop being fresh, in monotonic milliseconds of this process; may be infinite. */
  readonly freshUntil: number;
  /** The details that are logged for each request that receives this response. */
  readonly details: RequestDetails;
  /** The data that the response was made from; `null` if the response must not be stored. */
  readonly sources: Sources | null;
}

/** The estimated memory that a response takes besides its body and the list of its observations, in bytes. */
const OVERHEAD_BYTES = 1000;

/**
 * The estimated memory for each observation in the list of a response's observations, in bytes. It covers the map entry and the key. The
 * observation itself is not counted, because it is also stored elsewhere.
 */
const SOURCE_BYTES = 100;

/**
 * A response that was created once and can be sent again, uncompressed or compressed. For each encoding, the body is compressed only once,
 * for the first client that accepts the encoding.
 */
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

  /**
   * The estimated memory of the response, in bytes. The estimate assumes that all compressed forms together are not larger than the body.
   */
  get size(): number {
    const observations = this.made.sources?.observations.size ?? 0;
    return 2 * this.length + OVERHEAD_BYTES + SOURCE_BYTES * observations;
  }

  /** Whether the body has been compressed with an encoding, or is being compressed with it. */
  has(encoding: Encoding): boolean {
    return this.#compressed.has(encoding);
  }

  /** Returns the compressed body in an encoding, or `plain` if compression fails. */
  as(encoding: Encoding, plain: Content): Promise<Content> {
    const compressed = this.#compressed.get(encoding) ?? this.#compress(encoding, plain).catch(() => plain);
    this.#compressed.set(encoding, compressed);
    return compressed;
  }

  /**
   * Creates the uncompressed content. A short body becomes a string, because Node sends a string together with the headers. Node would send
   * a Buffer separately.
   */
  #toContent(body: Buffer | string): Content {
    const sent = this.length >= MIN_LONG_BYTES ? body : body.toString();
    // A text with as many characters as bytes is ASCII. It is sent as latin1, because Node then does not have to scan it.
    const charset = sent.length === this.length ? 'latin1' : 'utf8';
    return { lines: [...this.made.lines, 'content-length', this.length], body: sent, charset };
  }

  async #compress(encoding: Encoding, plain: Content): Promise<Content> {
    const body = await compress(plain.body, encoding);
    const lines = [...this.made.lines, 'content-encoding', encoding, 'content-length', body.length];
    return { lines, body, charset: 'latin1' };
  }
}
