/** Remembers the hashes of recent keys, to find out whether a key was seen before. The keys themselves are not stored. */
export interface SeenBefore {
  /** Returns whether a key with this hash was seen recently, and remembers the hash. */
  note(hash: number): boolean;
}

/**
 * The number of entries in the table of hashes. The value of a hash determines its entry. A new hash overwrites the earlier hash in its
 * entry.
 */
const PLACES = 4096;

/**
 * Creates a record of recent hashes, which are unsigned integers of 32 bits. With this record, a response is stored only at the second
 * request with the same key. Storing a response that is never requested again costs more than creating a response twice.
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
