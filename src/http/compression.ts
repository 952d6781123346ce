/** Limits how many bytes are being compressed at the same time. All responses of a server share this limit. */
export interface Compression {
  /** Returns whether a body of `length` bytes may be compressed now. Otherwise, it is sent uncompressed. */
  readonly hasRoomFor: (length: number) => boolean;
  /** Counts a body of `length` bytes as being compressed until `compressed` settles. Settles like `compressed`. */
  readonly track: <T>(length: number, compressed: Promise<T>) => Promise<T>;
}

/**
 * The maximum memory, in bytes, for all bodies that are being compressed or are waiting to be compressed. Each body counts as its length
 * plus `BYTES_EACH`.
 */
const MAX_BYTES = 20_000_000;

/**
 * The estimated memory that compressing one body takes besides the body itself, in bytes. It is added to the
 * length of each body, so that the number of short bodies is limited too.
 */
const BYTES_EACH = 50_000;

/** Creates the limit on simultaneous compression. All responses of one server share it. */
export function createCompression(): Compression {
  let bytes = 0;
  return {
    hasRoomFor: (length) => bytes + length + BYTES_EACH <= MAX_BYTES,
    async track(length, compressed) {
      bytes += length + BYTES_EACH;
      try {
        return await compressed;
      } finally {
        bytes -= length + BYTES_EACH;
      }
    },
  };
}
