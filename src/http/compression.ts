import { chooseEncoding, type Encoding } from './encodings.ts';

/** Decides which bodies are compressed, and limits how many bytes are being compressed at the same time. */
export interface Compression {
  /**
   * Returns the encoding for a body of `length` bytes that is sent to a client with this `accept-encoding` header; `null` if the body must
   * be sent uncompressed.
   */
  readonly encodingFor: (acceptEncoding: string | undefined, length: number) => Encoding | null;
  /** Counts a body of `length` bytes as being compressed until `compressed` settles. Settles like `compressed`. */
  readonly count: <T>(length: number, compressed: Promise<T>) => Promise<T>;
}

/**
 * The minimum length of a body that is compressed, in bytes. A shorter body fits into one packet with its headers, so compression would not
 * help.
 */
export const MIN_LONG_BYTES = 1024;

/**
 * The maximum length of all bodies that are being compressed at the same time, in bytes. Further bodies are sent uncompressed. This limits
 * the memory of bodies that wait for compression.
 */
const MAX_COMPRESSING_BYTES = 20_000_000;

/** Creates the limit that all responses of a server share. */
export function createCompression(): Compression {
  let compressing = 0;
  return {
    encodingFor: (acceptEncoding, length) =>
      length >= MIN_LONG_BYTES && compressing + length <= MAX_COMPRESSING_BYTES ? chooseEncoding(acceptEncoding) : null,
    async count(length, compressed) {
      compressing += length;
      try {
        return await compressed;
      } finally {
        compressing -= length;
      }
    },
  };
}
