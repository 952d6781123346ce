import { type GraphQLNamedType, isObjectType } from 'graphql';
import {
  createPartShapes,
  type FieldShape,
  type PartShape,
  type RunningOperation,
  type ValueShape,
} from './part-shapes.ts';
import type { Path } from './result-formats.ts';

/** A part of the response that arrives in a later result: a deferred fragment, or the rest of a streamed list. */
export interface ExpectedPart {
  /** The path of the object that the fragment belongs to, or the path of the list. */
  readonly path: Path;
  readonly shape: PartShape;
}

/**
 * Finds the parts of a response that have not arrived yet. The search visits one value after another. After each step, it yields the part
 * that it found, or `null` if it found none, so that the caller can pause the search.
 */
export interface ExpectedParts {
  /** Finds the parts that are still missing from `data`, the data of the first result. */
  first(data: unknown): Iterable<ExpectedPart | null>;
  /**
   * Finds the parts that are still missing inside a part that has arrived. `value` is the data of a fragment, or the item at `index` of a
   * streamed list.
   */
  within(part: ExpectedPart, value: unknown, index?: number): Iterable<ExpectedPart | null>;
}

/**
 * Creates an `ExpectedParts` for a running operation. Clients expect each part to be announced before it is sent, but the executor reports
 * a part only when the part is complete. So the `ExpectedParts` searches the data of the results for the places where parts will follow.
 * The type of every object must be known from the schema or, in `_entities`, from the references.
 */
export function createExpectedParts(run: RunningOperation): ExpectedParts {
  const shapes = createPartShapes(run);

  /**
   * Finds parts by visiting the values of the result depth first, in the order of the operation. `left` contains the values that have not
   * been visited. Its last value is visited next.
   */
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

/** A value in the data of a result, and how far the search for parts has come in that value. */
interface Cursor {
  readonly data: unknown;
  readonly value: ValueShape;
  readonly stream: PartShape | null;
  readonly path: Path;
  /** The index of the item to visit next. */
  next: number;
}

const toCursor = (data: unknown, value: ValueShape, path: Path, stream: PartShape | null = null): Cursor => ({
  data,
  value,
  stream,
  path,
  next: 0,
});

/** Returns a search position (`Cursor`) for the value of each field, in reverse order, because the search visits the last cursor first. */
function fieldCursors(object: unknown, fields: readonly FieldShape[], path: Path): Cursor[] {
  const cursors: Cursor[] = [];
  for (const { key, value, stream } of fields.toReversed()) {
    const data = (object as Readonly<Record<string, unknown>>)[key];
    if (data !== undefined && data !== null) cursors.push(toCursor(data, value, [...path, key], stream));
  }
  return cursors;
}
