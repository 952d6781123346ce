import type { ExpectedPart } from './expected-parts.ts';
import type { Path } from './result-formats.ts';

/** A part with the id under which it was announced. */
export interface OpenPart extends ExpectedPart {
  readonly id: string;
}

/** The parts of one operation that were announced and are not complete. */
export interface OpenParts {
  /** Gives a part its id. */
  open(part: ExpectedPart): OpenPart;
  /** The part at a path with a label; `undefined` if none was announced, or all are complete. */
  find(path: Path, label: string): OpenPart | undefined;
  close(part: OpenPart): void;
  /** All parts at one path with one label, after those of the path and label that were opened before. */
  groups(): Iterable<readonly OpenPart[]>;
}

/** Creates the open parts of an operation that has announced nothing. */
export function createOpenParts(): OpenParts {
  /** By path and label. A fragment that is spread twice on an object is open twice. */
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

/** Keys of an answer are names, which contain neither dots nor spaces. */
const keyOf = (path: Path, label: string): string => `${path.join('.')} ${label}`;
