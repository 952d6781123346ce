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

/** The shape of all parts of one `@defer` or `@stream`. It shows where the parts can contain further parts. */
export interface PartShape {
  readonly label: string;
  /** For a deferred fragment: its fields that have parts of their own. Empty for a streamed list. */
  readonly fields: readonly FieldShape[];
  /** For a streamed list: the selection in its items. `null` for a deferred fragment. */
  readonly items: ValueShape | null;
}

/** A field that is streamed, or whose value contains parts. */
export interface FieldShape {
  readonly key: string;
  readonly value: ValueShape;
  readonly stream: PartShape | null;
}

/** The selection sets that apply to the value of a field, or to each item if the value is a list. */
export interface ValueShape {
  readonly type: GraphQLNamedType;
  /** The type name of each item; `null` if all items have the type `type`. */
  readonly typeNames: readonly string[] | null;
  readonly sets: readonly SelectionSetNode[];
  /** Whether a part of the value may arrive later. */
  readonly hasParts: boolean;
  /** What the selection sets select in an object, by the type of the object. They are read only once for all objects of the same type. */
  readonly objects: Map<GraphQLNamedType, ObjectShape>;
}

/** What selection sets select in an object of one type: the fields with parts, and the deferred fragments. */
interface ObjectShape {
  readonly fields: readonly FieldShape[];
  readonly deferred: readonly PartShape[];
}

/** A running operation: its document, in which each `@defer` and `@stream` has a unique label, and its coerced variables. */
export interface RunningOperation extends RunningDocument {
  readonly operation: OperationDefinitionNode;
}

/** The shapes of the parts of an operation. Each shape is created when it is first needed. */
export interface PartShapes {
  /** Returns the shape of the data of the operation; `null` if the schema has no root type for it. */
  root(): ValueShape | null;
  /** Returns what the selection sets of a value select in an object of this type. */
  ofObject(value: ValueShape, type: GraphQLNamedType): ObjectShape;
}

/** Creates the shapes of the parts of an operation. */
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

/**
 * Returns the type name of each entity that `_entities` refers to, in order. The plugin of `useRepresentations` has already checked the
 * references.
 */
const namesIn = ({ representations }: Readonly<Record<string, unknown>>): readonly string[] =>
  (representations as readonly { readonly __typename: string }[]).map(({ __typename }) => __typename);
