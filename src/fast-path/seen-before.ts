/** Remembers whether a key was seen before, without keeping the key. */
export interface SeenBefore {
  /** Returns whether a key with this hash was seen recently, and remembers the hash. */
  note(hash: number): boolean;
}

/** The number of places. Each place keeps one hash, and a new hash in the same place replaces it. */
const PLACES = 4096;

/**
 * Remembers the last hash in each of a fixed number of places. Storing a response that is never requested again costs more than producing
 * it twice, so a response is stored only at the second request with its key. Hashes are whole numbers of 32 bits.
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
