import type { IncomingMessage } from 'node:http';

/**
 * A body that was read already, in a form that Yoga's server adapter takes from `request.body` at no cost. The adapter lists the keys of
 * what it finds there, and a string or a Buffer has a key for each character or byte: 100 ms and more for a megabyte. It takes this
 * for a `Blob`, whose bytes it asks for when it parses the body.
 */
class BufferedBody {
  readonly size: number;
  readonly type = '';
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.size = bytes.length;
    this.#bytes = bytes;
  }

  get [Symbol.toStringTag](): string {
    return 'Blob';
  }

  buffer(): Promise<Buffer> {
    return Promise.resolve(this.#bytes);
  }

  stream(): ReadableStream {
    return new Blob([new Uint8Array(this.#bytes)]).stream();
  }
}

/** Gives Yoga these bytes as the body of the request, in place of the stream that it would read from the connection. */
export function setBufferedBody(request: IncomingMessage, bytes: Buffer): void {
  Object.assign(request, { body: new BufferedBody(bytes) });
}

/** Keeps Yoga from reading the body of a request, which it takes for empty. */
export const setEmptyBody = (request: IncomingMessage): void => setBufferedBody(request, NO_BYTES);

const NO_BYTES = Buffer.alloc(0);
