import {
  type GraphQLField,
  type GraphQLNamedType,
  getArgumentValues,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { type CollectedFields, createFieldCollector, type RunningFragments } from './collected-fields.ts';

type Path = readonly (string | number)[];

/** A deferred fragment or the rest of a streamed list, which follows in a later result. */
export interface ExpectedPart {
  /** The path of the object that has the fragment, or of the list. */
  readonly path: Path;
  readonly shape: PartShape;
}

/** What all parts of one `@defer` or `@stream` have in common. */
export interface PartShape {
  readonly label: string;
  /** The fields of a fragment. */
  readonly fields: readonly Field[];
  /** The items of a list; `null` for a fragment. */
  readonly items: Value | null;
}

/** A field that is streamed, or with parts somewhere in its value. */
interface Field {
  readonly key: string;
  readonly value: Value;
  readonly stream: PartShape | null;
}

/** What is selected in the values of a field, or in the items of its list. */
interface Value {
  readonly type: GraphQLNamedType;
  /** The name of the type of each item, where items have different types. */
  readonly typeNames: readonly string[] | null;
  /** `null` if nothing in the value arrives later. */
  readonly collect: ((type: GraphQLNamedType) => CollectedFields) | null;
  readonly selections: Map<GraphQLNamedType, Selected>;
}

/** What is selected in an object. */
interface Selected {
  readonly fields: readonly Field[];
  readonly deferred: readonly PartShape[];
}

/** An operation with its coerced variables. Each `@defer` and `@stream` has a label of its own. */
export interface RunningOperation extends RunningFragments {
  readonly operation: OperationDefinitionNode;
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
  const { schema, variables } = run;
  const collector = createFieldCollector(run);

  const toValue = (
    type: GraphQLNamedType,
    sets: CollectedFields['fields'][number]['sets'],
    typeNames: Value['typeNames'],
  ): Value => ({
    type,
    typeNames,
    collect: sets.some((set) => collector.hasParts(set)) ? (known) => collector.collect(sets, known) : null,
    selections: new Map(),
  });

  function fieldsOf(type: GraphQLNamedType, collected: CollectedFields['fields']): readonly Field[] {
    return collected.flatMap(({ key, node, sets, streamLabel }) => {
      const field = fieldOf(type, node.name.value);
      if (field === undefined) return [];
      const typeNames = field.name === '_entities' ? namesIn(getArgumentValues(field, node, { ...variables })) : null;
      const value = toValue(getNamedType(field.type), sets, typeNames);
      const stream = streamLabel === null ? null : { label: streamLabel, fields: [], items: value };
      return stream === null && value.collect === null ? [] : [{ key, value, stream }];
    });
  }

  /** What is selected in an object of this type. All objects of a list have the same. */
  function selectedIn(value: Value, type: GraphQLNamedType): Selected {
    const known = value.selections.get(type);
    if (known !== undefined) return known;
    const { fields, deferred } = value.collect?.(type) ?? NOTHING;
    const selected = {
      fields: fieldsOf(type, fields),
      deferred: deferred.map((one) => ({ label: one.label, fields: fieldsOf(type, one.fields), items: null })),
    };
    value.selections.set(type, selected);
    return selected;
  }

  return {
    *first(data) {
      const root = schema.getRootType(run.operation.operation);
      if (root != null) yield* walk([placeOf(data, toValue(root, [run.operation.selectionSet], null), [])]);
    },
    *within({ path, shape: { fields, items } }, value, index = 0) {
      yield* walk(items === null ? placesIn(value, fields, path) : [placeOf(value, items, [...path, index])]);
    },
  };

  /** Finds parts depth first, in the order of the operation. `left` is what has to be looked at, last one first. */
  function* walk(left: Place[]): Generator<ExpectedPart | null> {
    for (let place = left.at(-1); place !== undefined; place = left.at(-1)) {
      const { data, value, stream, path } = place;
      if (place.next === 0 && stream !== null && Array.isArray(data)) yield { path, shape: stream };
      if (Array.isArray(data) && value.collect !== null && place.next < data.length) {
        left.push(placeOf(data[place.next], value, [...path, place.next]));
        place.next += 1;
        continue;
      }
      left.pop();
      yield null;
      if (Array.isArray(data) || typeof data !== 'object' || data === null) continue;
      const type = typeAt(value, path);
      if (type === undefined) continue;
      const { fields, deferred } = selectedIn(value, type);
      for (const shape of deferred) yield { path, shape };
      left.push(...placesIn(data, fields, path));
    }
  }

  function typeAt({ type, typeNames }: Value, path: Path): GraphQLNamedType | undefined {
    if (isObjectType(type)) return type;
    return schema.getType(typeNames?.[Number(path.at(-1))] ?? '');
  }

  function fieldOf(type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (type === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (type === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return isObjectType(type) ? type.getFields()[name] : undefined;
  }
}

const NOTHING: CollectedFields = { fields: [], deferred: [] };

/** A value in the data of a result. */
interface Place {
  readonly data: unknown;
  readonly value: Value;
  readonly stream: PartShape | null;
  readonly path: Path;
  /** The index of the item that is looked at next. */
  next: number;
}

const placeOf = (data: unknown, value: Value, path: Path, stream: PartShape | null = null): Place => ({
  data,
  value,
  stream,
  path,
  next: 0,
});

/** The values of fields, last one first. */
function placesIn(object: unknown, fields: readonly Field[], path: Path): Place[] {
  const places: Place[] = [];
  for (const { key, value, stream } of fields.toReversed()) {
    const data = (object as Readonly<Record<string, unknown>>)[key];
    if (data !== undefined && data !== null) places.push(placeOf(data, value, [...path, key], stream));
  }
  return places;
}

/** The types of the entities that `_entities` is asked for, in their order. The references have been checked. */
const namesIn = ({ representations }: Readonly<Record<string, unknown>>): readonly string[] =>
  (representations as readonly { readonly __typename: string }[]).map(({ __typename }) => __typename);
