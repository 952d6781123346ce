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

/** What all parts of one `@defer` or `@stream` have in common. */
export interface PartShape {
  readonly label: string;
  /** The fields of a fragment. */
  readonly fields: readonly FieldShape[];
  /** The items of a list; `null` for a fragment. */
  readonly items: ValueShape | null;
}

/** A field that is streamed, or with parts somewhere in its value. */
export interface FieldShape {
  readonly key: string;
  readonly value: ValueShape;
  readonly stream: PartShape | null;
}

/** What is selected in the values of a field, or in the items of its list. */
export interface ValueShape {
  readonly type: GraphQLNamedType;
  /** The name of the type of each item, where items have different types. */
  readonly typeNames: readonly string[] | null;
  readonly sets: readonly SelectionSetNode[];
  /** Whether something in the value may arrive later. */
  readonly hasParts: boolean;
  /** What is selected in objects, by their type. All objects of a list have the same. */
  readonly objects: Map<GraphQLNamedType, ObjectShape>;
}

/** What is selected in an object. */
interface ObjectShape {
  readonly fields: readonly FieldShape[];
  readonly deferred: readonly PartShape[];
}

/** An operation with its coerced variables. Each `@defer` and `@stream` has a label of its own. */
export interface RunningOperation extends RunningDocument {
  readonly operation: OperationDefinitionNode;
}

/** The shapes of an operation, each made when it is first needed. */
export interface PartShapes {
  /** The data of the whole operation; `null` if the schema has no such root type. */
  root(): ValueShape | null;
  /** What is selected in an object of this type. */
  ofObject(value: ValueShape, type: GraphQLNamedType): ObjectShape;
}

/** Creates the shapes of an operation. */
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

/** The types of the entities that `_entities` is asked for, in their order. The references have been checked. */
const namesIn = ({ representations }: Readonly<Record<string, unknown>>): readonly string[] =>
  (representations as readonly { readonly __typename: string }[]).map(({ __typename }) => __typename);
