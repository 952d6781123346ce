/** Tells of questions whether they came before, without keeping them: what is kept of every one keeps the garbage collector busy. */
export interface Doorkeeper {
  /** Whether one of the same hash came before, as far as is remembered; from now on it did. */
  cameBefore(hash: number): boolean;
}

/** Remembers the last hash of each of 4,096 places, which it assigns. */
const PLACES = 4096;

/** A doorkeeper as caches have them. Hashes are whole numbers of 32 bits. */
export function createDoorkeeper(): Doorkeeper {
  const last = new Uint32Array(PLACES);
  return {
    cameBefore(hash) {
      const place = hash % PLACES;
      const came = last[place] === hash;
      last[place] = hash;
      return came;
    },
  };
}
