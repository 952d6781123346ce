import type { ExpectedPart } from './expected-parts.ts';
import type { Path } from './result-formats.ts';

/** A part that was announced to the client with an id, and is not complete yet. */
export interface OpenPart extends ExpectedPart {
  readonly id: string;
}

/** The announced parts of one operation that are not complete yet. */
export interface OpenParts {
  /** Adds a part and gives it an id. */
  open(part: ExpectedPart): OpenPart;
  /** Returns the first open part with this path and label, else `undefined`. */
  find(path: Path, label: string): OpenPart | undefined;
  close(part: OpenPart): void;
  /** Returns all open parts, grouped by path and label, in the order in which they were added. */
  groups(): Iterable<readonly OpenPart[]>;
}

/** Creates an empty set of open parts. */
export function createOpenParts(): OpenParts {
  /** The parts by path and label. A fragment that is spread twice in one object has two open parts. */
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

/** Returns the key of a path and label. Response keys are GraphQL names, which contain neither dots nor spaces. */
const keyOf = (path: Path, label: string): string => `${path.join('.')} ${label}`;
