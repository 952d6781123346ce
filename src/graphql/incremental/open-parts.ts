import type { ExpectedPart } from './expected-parts.ts';
import type { Path } from './result-formats.ts';

/** A deferred fragment or streamed list that was announced to the client with an id, and is not complete yet. */
export interface OpenPart extends ExpectedPart {
  readonly id: string;
}

/** The deferred fragments and streamed lists of one operation that were announced, but are not complete yet. Both are called parts. */
export interface OpenParts {
  /** Adds a deferred fragment or streamed list, and gives it an id. */
  open(part: ExpectedPart): OpenPart;
  /** Returns the first incomplete fragment or list with this path and label, else `undefined`. */
  find(path: Path, label: string): OpenPart | undefined;
  close(part: OpenPart): void;
  /** Returns all incomplete fragments and lists, grouped by path and label. Each group is in the order in which its members were opened. */
  groups(): Iterable<readonly OpenPart[]>;
}

/** Creates an empty set of incomplete fragments and lists. */
export function createOpenParts(): OpenParts {
  /**
   * The incomplete fragments and lists by path and label. Two of them share a path and label if one fragment is spread twice in an object.
   */
  const byKey = new Map<string, OpenPart[]>();
  let lastId = 0;
  return {
    open({ path, shape }) {
      lastId += 1;
      const part = { id: String(lastId), path, shape };
      const key = keyOf(path, shape.label);
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [part]);
      else same.push(part);
      return part;
    },
    find: (path, label) => byKey.get(keyOf(path, label))?.[0],
    close({ id, path, shape }) {
      const key = keyOf(path, shape.label);
      const left = (byKey.get(key) ?? []).filter((other) => other.id !== id);
      if (left.length === 0) byKey.delete(key);
      else byKey.set(key, left);
    },
    groups: () => byKey.values(),
  };
}

/**
 * Returns a string that is unique for a path and label. GraphQL names contain neither dots nor spaces, so dots and spaces can separate the
 * names.
 */
const keyOf = (path: Path, label: string): string => `${path.join('.')} ${label}`;
