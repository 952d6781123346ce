/** What a browser keeps for the board under one name. */
export interface StoredText {
  read(): string | null;
  write(text: string): void;
}

/** Keeps a text in `area()`. A browser that lets nothing be kept keeps nothing, and the board works on without. */
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
        area().setItem(name, text);
      } catch {
        // Blocked or full: the browser's choice.
      }
    },
  };
}
