import { crc32 } from 'node:zlib';

/** Tells of texts whether they came before, without keeping them: what is kept of every text keeps the garbage collector busy. */
export interface Doorkeeper {
  /** Whether the text came before, as far as is remembered; from now on it did. Seldom, another one is taken for it. */
  cameBefore(text: string): boolean;
}

/** Remembers the last text of each of 4,096 places, which a hash assigns. */
const PLACES = 4096;

/** A doorkeeper as caches have them, by the quickest hash of a text that Node has. */
export function createDoorkeeper(): Doorkeeper {
  const last = new Uint32Array(PLACES);
  return {
    cameBefore(text) {
      const hash = crc32(text);
      const place = hash % PLACES;
      const came = last[place] === hash;
      last[place] = hash;
      return came;
    },
  };
}
