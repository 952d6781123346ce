/** Remembers whether a key was seen before, without keeping the key. */
export interface SeenBefore {
  /** Whether a key with this hash was seen recently. From now on it was. */
  note(hash: number): boolean;
}

/** A later hash in the same place replaces the one before. */
const PLACES = 4096;

/**
 * Remembers the last hash in each of a fixed number of places. Storing a response that is never requested again costs more than making it
 * twice, so responses are stored only when their key comes a second time. Hashes are whole numbers of 32 bits.
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
