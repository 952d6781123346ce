/** A string that the browser stores for the board. */
export interface StoredText {
  read(): string | null;
  /** Stores `text`, or removes the stored text if `text` is null. */
  write(text: string | null): void;
}

/**
 * Gives access to a string that is stored under `name` in the storage that `area` returns. If the browser refuses to store anything, reads
 * return null and writes do nothing.
 */
export function createStoredText(area: () => Storage, name: string): StoredText {
  return {
    read() {
      try {
        return area().getItem(name);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        if (text === null) area().removeItem(name);
        else area().setItem(name, text);
      } catch {
        // Storage is blocked or full. The board works without it.
      }
    },
  };
}
