import { compress, type Encoding } from './encodings.ts';

/** Names and values of headers in turn, as they are written. */
export type HeaderLines = readonly (string | number)[];

/** What is sent. */
export interface Sendable {
  readonly lines: HeaderLines;
  readonly body: Buffer | null;
}

/** What an answer is made of. */
interface Made {
  /** It is the answer for as long as the version is this one. */
  readonly version: number;
  /** Milliseconds since 1970, or infinite. */
  readonly freshUntil: number;
  /** `null` for an answer that can be given to nobody but who has it. */
  readonly body: Buffer | null;
  /** All but `content-length`. */
  readonly lines: HeaderLines;
  /** The tag by which a client can tell that it has the answer; `null` when it cannot. */
  readonly tag: string | null;
}

/** Memory that an answer takes besides its body. */
const OVERHEAD_BYTES = 1000;

/** A whole answer without errors, with what was made of it for clients that accept it compressed. */
export class Answer implements Sendable {
  readonly version: number;
  readonly freshUntil: number;
  readonly body: Buffer | null;
  readonly lines: HeaderLines;
  readonly tag: string | null;
  readonly #base: HeaderLines;
  readonly #compressed = new Map<Encoding, Promise<Sendable>>();

  constructor({ version, freshUntil, body, lines, tag }: Made) {
    this.version = version;
    this.freshUntil = freshUntil;
    this.body = body;
    this.#base = lines;
    this.lines = body === null ? lines : [...lines, 'content-length', body.length];
    this.tag = tag;
  }

  /** For an answer that the client has already. */
  get linesWithoutBody(): HeaderLines {
    return this.#base;
  }

  /** The same, compressed: by the first who wants it. Should that fail, it is as it was. */
  as(encoding: Encoding): Promise<Sendable> {
    const known = this.#compressed.get(encoding) ?? this.#compress(encoding).catch(() => this);
    this.#compressed.set(encoding, known);
    return known;
  }

  async #compress(encoding: Encoding): Promise<Sendable> {
    if (this.body === null) return this;
    const body = await compress(this.body, encoding);
    const told = ['content-encoding', encoding, 'vary', 'Accept-Encoding', 'content-length', body.length];
    return { lines: [...this.#base, ...told], body };
  }

  /** What all of it takes at most, in bytes: compressed it is half as long, or much less. */
  get size(): number {
    return 2 * (this.body?.length ?? 0) + OVERHEAD_BYTES;
  }
}
