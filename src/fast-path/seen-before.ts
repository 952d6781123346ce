/** Remembers the hashes of recent keys, in order to find out whether a key was seen before. The keys themselves are not stored. */
export interface SeenBefore {
  /** Returns whether a key with this hash was seen recently, and remembers the hash. */
  note(hash: number): boolean;
}

/** The number of places. Each place stores one hash, and a new hash in the same place replaces the old one. */
const PLACES = 4096;

/**
 * Creates a record of recent hashes, which are whole numbers of 32 bits. Each of a fixed number of places stores the last hash that belongs
 * there. The record is used to store a response only at the second request with the same key. Storing a response that is never requested
 * again costs more than creating a response twice.
 */
export function createSeenBefore(): SeenBefore {
  const last = new Uint32Array(PLACES);
  return {
    note(hash) {
      const place = hash % PLACES;
      const isKnown = last[place] === hash;
      last[place] = hash;
      return isKnown;
    },
  };
}
