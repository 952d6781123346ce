/** Tells of texts whether they came before, without keeping them: what is kept of every text keeps the garbage collector busy. */
export interface Doorkeeper {
  /** Whether the text came before, as far as is remembered; from now on it did. Seldom, another one is taken for it. */
  cameBefore(text: string): boolean;
}

/** Remembers the last text of each of 4,096 places, which a hash assigns. */
const PLACES = 4096;

/** A doorkeeper as caches have them, by FNV-1a over pairs of characters, whose spread is good enough for who may be wrong. */
export function createDoorkeeper(): Doorkeeper {
  const last = new Uint32Array(PLACES);
  return {
    cameBefore(text) {
      const hash = fnv1a(text);
      const place = hash % PLACES;
      const came = last[place] === hash;
      last[place] = hash;
      return came;
    },
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 2) {
    // Past the end is no character, which counts as 0.
    const pair = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    hash = Math.imul(hash ^ pair, 0x01000193);
  }
  return hash >>> 0;
}
