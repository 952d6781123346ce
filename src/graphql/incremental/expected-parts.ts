import { type GraphQLNamedType, isObjectType } from 'graphql';
import {
  createPartShapes,
  type FieldShape,
  type PartShape,
  type RunningOperation,
  type ValueShape,
} from './part-shapes.ts';
import type { Path } from './result-formats.ts';

/** A deferred fragment or the rest of a streamed list, which follows in a later result. */
export interface ExpectedPart {
  /** The path of the object that has the fragment, or of the list. */
  readonly path: Path;
  readonly shape: PartShape;
}

/**
 * The parts of an operation that follow later, found in what has been sent already. Iterating takes one step for each value that is
 * looked at, and gives `null` for one that is no part, so that the caller can pause at any step.
 */
export interface ExpectedParts {
  /** The parts that follow the data of the first result. */
  first(data: unknown): Iterable<ExpectedPart | null>;
  /** The parts that follow this fragment, or the item at this index of a streamed list, now that it has arrived. */
  within(part: ExpectedPart, value: unknown, index?: number): Iterable<ExpectedPart | null>;
}

/**
 * Creates the expected parts of an operation. The executor reports parts only when they are complete. The types of all objects must be known
 * from the schema or, in `_entities`, from the references.
 */
export function createExpectedParts(run: RunningOperation): ExpectedParts {
  const shapes = createPartShapes(run);

  /** Finds parts depth first, in the order of the operation. `left` is what has to be looked at, last one first. */
  function* walk(left: Cursor[]): Generator<ExpectedPart | null> {
    for (let cursor = left.at(-1); cursor !== undefined; cursor = left.at(-1)) {
      const { data, value, stream, path } = cursor;
      if (cursor.next === 0 && stream !== null && Array.isArray(data)) yield { path, shape: stream };
      if (Array.isArray(data) && value.hasParts && cursor.next < data.length) {
        left.push(toCursor(data[cursor.next], value, [...path, cursor.next]));
        cursor.next += 1;
        continue;
      }
      left.pop();
      yield null;
      if (Array.isArray(data) || typeof data !== 'object' || data === null) continue;
      const type = typeAt(value, path);
      if (type === undefined) continue;
      const { fields, deferred } = shapes.ofObject(value, type);
      for (const shape of deferred) yield { path, shape };
      left.push(...fieldCursors(data, fields, path));
    }
  }

  function typeAt({ type, typeNames }: ValueShape, path: Path): GraphQLNamedType | undefined {
    if (isObjectType(type)) return type;
    return run.schema.getType(typeNames?.[Number(path.at(-1))] ?? '');
  }

  return {
    *first(data) {
      const root = shapes.root();
      if (root !== null) yield* walk([toCursor(data, root, [])]);
    },
    *within({ path, shape: { fields, items } }, value, index = 0) {
      yield* walk(items === null ? fieldCursors(value, fields, path) : [toCursor(value, items, [...path, index])]);
    },
  };
}

/** A value in the data of a result, and how far it has been looked at. */
interface Cursor {
  readonly data: unknown;
  readonly value: ValueShape;
  readonly stream: PartShape | null;
  readonly path: Path;
  /** The index of the item that is looked at next. */
  next: number;
}

const toCursor = (data: unknown, value: ValueShape, path: Path, stream: PartShape | null = null): Cursor => ({
  data,
  value,
  stream,
  path,
  next: 0,
});

/** The values of fields, last one first. */
function fieldCursors(object: unknown, fields: readonly FieldShape[], path: Path): Cursor[] {
  const cursors: Cursor[] = [];
  for (const { key, value, stream } of fields.toReversed()) {
    const data = (object as Readonly<Record<string, unknown>>)[key];
    if (data !== undefined && data !== null) cursors.push(toCursor(data, value, [...path, key], stream));
  }
  return cursors;
}
