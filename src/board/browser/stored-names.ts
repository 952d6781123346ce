/** A set of names. The browser stores each name in an entry of its own, so adding or removing a name does not touch the others. */
export interface StoredNames {
  all(): readonly string[];
  /** Adds the name to the set, or removes it if `isIn` is false. */
  set(name: string, isIn: boolean): void;
  /** Calls `onChange` when another tab has changed the set. */
  onOtherTab(onChange: () => void): void;
}

/** The window that receives `storage` events. */
type Page = Pick<Window, 'addEventListener'>;

/**
 * Creates a set of names in the storage that `area` returns. The key of each stored entry begins with `prefix`. If the browser refuses to
 * store anything, the set is empty.
 */
export function createStoredNames(area: () => Storage, prefix: string, page: Page): StoredNames {
  return {
    all() {
      try {
        const keys = Object.keys(area()).filter((key) => key.startsWith(prefix));
        return keys.map((key) => key.slice(prefix.length));
      } catch {
        return [];
      }
    },
    set(name, isIn) {
      try {
        if (isIn) area().setItem(`${prefix}${name}`, '');
        else area().removeItem(`${prefix}${name}`);
      } catch {
        // Storage is blocked or full. The board works without it.
      }
    },
    onOtherTab(onChange) {
      page.addEventListener('storage', ({ key }) => {
        // The key is null when another tab has cleared the whole storage.
        if (key === null || key.startsWith(prefix)) onChange();
      });
    },
  };
}
