import { compress, type Encoding } from '../http/encodings.ts';
import type { HeaderLines } from '../http/header-lines.ts';
import type { Validators } from '../http/validators.ts';

/** What is sent. */
export interface Sendable {
  readonly lines: HeaderLines;
  readonly body: Buffer | string;
  /** The encoding in which a string body is written; bytes need none. ASCII is written as latin1, which Node does not have to scan. */
  readonly charset: 'latin1' | 'utf8';
}

/** What an answer is made of. */
interface Made extends Validators {
  /** What it is the answer to. */
  readonly key: string;
  /** It is the answer for as long as the version is this one. */
  readonly version: number;
  /** Milliseconds on the steady scale of this process. */
  readonly madeAt: number;
  /** Milliseconds on the same scale, or infinite. */
  readonly freshUntil: number;
  readonly body: Buffer | string;
  /** All but `content-length`. */
  readonly lines: HeaderLines;
}

/** Shorter ones fit one packet with their headers: they are sent as text, which Node writes in one go, and never compressed. */
const MIN_LONG_BYTES = 1024;

/** Memory that an answer takes besides its body. */
const OVERHEAD_BYTES = 1000;

/** A whole answer without errors, with what was made of it for clients that accept it compressed. */
export class Answer implements Sendable, Validators {
  readonly key: string;
  readonly version: number;
  readonly madeAt: number;
  readonly freshUntil: number;
  readonly tag: string | null;
  readonly lastModified: string | null;
  readonly body: Buffer | string;
  readonly charset: 'latin1' | 'utf8';
  readonly lines: HeaderLines;
  readonly #lines: HeaderLines;
  readonly #length: number;
  #compressed: Partial<Record<Encoding, Promise<Sendable>>> | undefined;

  constructor({ key, version, madeAt, freshUntil, tag, lastModified, body, lines }: Made) {
    this.key = key;
    this.version = version;
    this.madeAt = madeAt;
    this.freshUntil = freshUntil;
    this.tag = tag;
    this.lastModified = lastModified;
    this.#length = Buffer.byteLength(body);
    this.#lines = lines;
    this.lines = [...lines, 'content-length', this.#length];
    this.body = this.isLong ? body : body.toString();
    // A text of as many characters as bytes is ASCII.
    this.charset = this.body.length === this.#length ? 'latin1' : 'utf8';
  }

  /** Whether it is worth being compressed. */
  get isLong(): boolean {
    return this.#length >= MIN_LONG_BYTES;
  }

  /** For a client that has the answer already. */
  get linesWithoutBody(): HeaderLines {
    return this.#lines;
  }

  /** What all of it takes at most, in bytes: compressed it is half as long, or much less. */
  get size(): number {
    return 2 * this.#length + OVERHEAD_BYTES;
  }

  /** The same, compressed: by the first who wants it. Should that fail, it is as it was. */
  as(encoding: Encoding): Promise<Sendable> {
    this.#compressed ??= {};
    this.#compressed[encoding] ??= this.#compress(encoding).catch(() => this);
    return this.#compressed[encoding];
  }

  async #compress(encoding: Encoding): Promise<Sendable> {
    const body = await compress(this.body, encoding);
    const told = ['content-encoding', encoding, 'content-length', body.length];
    return { lines: [...this.#lines, ...told], body, charset: 'latin1' };
  }
}
