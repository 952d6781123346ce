import {
  type GraphQLField,
  type GraphQLNamedType,
  getArgumentValues,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import type { RunningDocument } from '../operation/running-document.ts';
import { type CollectedField, collectFields } from './collected-fields.ts';
import { createPartSearch } from './part-search.ts';

/** Describes where the data of one `@defer` or `@stream` can contain further deferred fragments and streamed lists. */
export interface PartShape {
  readonly label: string;
  /** For `@defer`: the fragment's fields that are streamed, or contain deferred fragments or streamed lists. Empty for `@stream`. */
  readonly fields: readonly FieldShape[];
  /** For `@stream`: the selection in each item of the list. `null` for `@defer`. */
  readonly items: ValueShape | null;
}

/** A field that is streamed, or whose value can contain deferred fragments or streamed lists. */
export interface FieldShape {
  readonly key: string;
  readonly value: ValueShape;
  readonly stream: PartShape | null;
}

/** The selection sets that apply to the value of a field, or to each item if the value is a list. */
export interface ValueShape {
  readonly type: GraphQLNamedType;
  /**
   * For the field `_entities`: the type name of each item. For every other field: `null`, because all of its values have the type `type`.
   */
  readonly typeNames: readonly string[] | null;
  readonly sets: readonly SelectionSetNode[];
  /** Whether the selection sets contain `@defer` or `@stream` at any depth. */
  readonly hasParts: boolean;
  /** The cached shapes, by the type of the object. A shape describes what the selection sets defer and stream in an object of this type. */
  readonly objects: Map<GraphQLNamedType, ObjectShape>;
}

/**
 * For objects of one type: the deferred fragments, the streamed fields, and the fields that can contain deferred fragments or streamed
 * lists.
 */
interface ObjectShape {
  readonly fields: readonly FieldShape[];
  readonly deferred: readonly PartShape[];
}

/** A running operation, with its schema, fragments and coerced variables. Each `@defer` and `@stream` in it has a unique label. */
export interface RunningOperation extends RunningDocument {
  readonly operation: OperationDefinitionNode;
}

/** Finds the places in an operation where data is deferred or streamed. */
export interface PartShapes {
  /** Returns the selection of the whole operation; `null` if the schema has no root type for this kind of operation. */
  root(): ValueShape | null;
  /** Returns the parts that an object of this type defers or streams, according to the selection sets in `value`. */
  ofObject(value: ValueShape, type: GraphQLNamedType): ObjectShape;
}

/** Creates a `PartShapes` for a running operation. */
export function createPartShapes(run: RunningOperation): PartShapes {
  const { schema, variables, operation } = run;
  const hasParts = createPartSearch(run.fragments);

  const toValue = (
    type: GraphQLNamedType,
    sets: readonly SelectionSetNode[],
    typeNames: ValueShape['typeNames'],
  ): ValueShape => ({ type, typeNames, sets, hasParts: sets.some(hasParts), objects: new Map() });

  function toFields(type: GraphQLNamedType, collected: readonly CollectedField[]): readonly FieldShape[] {
    return collected.flatMap(({ key, node, sets, streamLabel }) => {
      const field = fieldOf(run, type, node.name.value);
      if (field === undefined) return [];
      const typeNames = field.name === '_entities' ? namesIn(getArgumentValues(field, node, { ...variables })) : null;
      const value = toValue(getNamedType(field.type), sets, typeNames);
      const stream = streamLabel === null ? null : { label: streamLabel, fields: [], items: value };
      return stream === null && !value.hasParts ? [] : [{ key, value, stream }];
    });
  }

  function toObject({ sets, hasParts: isDivided }: ValueShape, type: GraphQLNamedType): ObjectShape {
    if (!isDivided) return { fields: [], deferred: [] };
    const { fields, deferred } = collectFields(run, sets, type);
    return {
      fields: toFields(type, fields),
      deferred: deferred.map((one) => ({ label: one.label, fields: toFields(type, one.fields), items: null })),
    };
  }

  return {
    root() {
      const root = schema.getRootType(operation.operation);
      return root == null ? null : toValue(root, [operation.selectionSet], null);
    },
    ofObject(value, type) {
      const shape = value.objects.get(type) ?? toObject(value, type);
      value.objects.set(type, shape);
      return shape;
    },
  };
}

function fieldOf(
  { schema }: RunningDocument,
  type: GraphQLNamedType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (type === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (type === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(type) ? type.getFields()[name] : undefined;
}

/** Returns the type name in each entity reference that `_entities` received. `useRepresentations` has already checked the references. */
const namesIn = ({ representations }: Readonly<Record<string, unknown>>): readonly string[] =>
  (representations as readonly { readonly __typename: string }[]).map(({ __typename }) => __typename);
