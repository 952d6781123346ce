import type { IncomingMessage } from 'node:http';

/**
 * A body in memory, in a form that Yoga's server adapter can take from `request.body` without extra work. The adapter treats this object as
 * a `Blob`, and reads its bytes when it parses the body. A string or a Buffer in `request.body` would be slow: the adapter would enumerate
 * its keys, one for each character or byte, which takes 100 ms or more for a megabyte.
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

/**
 * Whether the runtime is Bun or Deno. There, Yoga's server adapter creates the runtime's own `Request`, which accepts only a real `Blob`. On
 * Node, the adapter has a `Request` of its own, which takes the bytes of a `BufferedBody` much faster.
 */
const NEEDS_BLOB = 'Bun' in globalThis || 'Deno' in globalThis;

/** Returns a `Blob` with an additional property, because Yoga's server adapter ignores a body without properties of its own. */
const toBlob = (bytes: Buffer) => Object.assign(new Blob([new Uint8Array(bytes)]), { isBuffered: true });

/** Sets the bytes that Yoga uses as the body of the request. Yoga then does not read the body from the connection. */
export function setBufferedBody(request: IncomingMessage, bytes: Buffer): void {
  Object.assign(request, { body: NEEDS_BLOB ? toBlob(bytes) : new BufferedBody(bytes) });
}

/** Sets an empty body, so that Yoga does not read the body of the request from the connection. */
export const setEmptyBody = (request: IncomingMessage): void => setBufferedBody(request, NO_BYTES);

const NO_BYTES = Buffer.alloc(0);
