import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { bytesOf } from './longest-values.ts';
import { type MeasuredDocument, mergeSelections } from './merged-selections.ts';

/** The minimum size that is counted for a value, in bytes, because even a short value takes time to produce. */
const LEAST_BYTES = 24;

const META_FIELDS = [SchemaMetaFieldDef, TypeMetaFieldDef];

/**
 * Returns the size of the introspection data that an operation selects, in bytes. The function visits the schema as the executor does, but
 * visits an object with the same selections only once. So its time does not grow with the size of the response.
 */
export function introspectionSize(selected: MeasuredDocument, { selectionSet }: OperationDefinitionNode): number {
  const { schema, variables } = selected;
  const idOf = createIds();
  const known = new Map<unknown, Map<string, number>>();

  function sizeOfValue(type: GraphQLOutputType, value: unknown, nodes: readonly FieldNode[]): number {
    if (isNonNullType(type)) return sizeOfValue(type.ofType, value, nodes);
    if (value == null) return LEAST_BYTES;
    if (isListType(type)) {
      return (value as readonly unknown[]).reduce<number>(
        (sum, item) => sum + 1 + sizeOfValue(type.ofType, item, nodes),
        LEAST_BYTES,
      );
    }
    if (isLeafType(type)) return Math.max(LEAST_BYTES, bytesOf(value));
    const sets = nodes.flatMap((node) => node.selectionSet ?? []);
    const key = sets.map(idOf).join();
    const ofSource = known.get(value) ?? new Map<string, number>();
    known.set(value, ofSource);
    const size = ofSource.get(key) ?? sizeOfObject(type as GraphQLObjectType, value, sets);
    ofSource.set(key, size);
    return size;
  }

  function sizeOfObject(type: GraphQLObjectType, source: unknown, sets: readonly SelectionSetNode[]): number {
    let size = LEAST_BYTES;
    const { fields, parts } = mergeSelections(selected, type, sets);
    for (const [key, nodes] of fields) {
      const field = type.getFields()[nodes[0]?.name.value ?? ''];
      size += key.length + (field === undefined ? LEAST_BYTES : sizeOfField(field, source, nodes));
    }
    return parts.reduce((sum, part) => sum + part.label + sizeOfObject(type, source, [part.selectionSet]), size);
  }

  function sizeOfField(field: GraphQLField<unknown, unknown>, source: unknown, nodes: readonly FieldNode[]): number {
    const [node] = nodes;
    if (node === undefined) return 0;
    const args = getArgumentValues(field, node, variables);
    // No context is needed, because the resolvers of introspection fields read only the schema.
    const value = field.resolve?.(source, args, undefined, { schema } as GraphQLResolveInfo);
    return sizeOfValue(field.type, value, nodes);
  }

  function sizeOfRoot(root: GraphQLObjectType, sets: readonly SelectionSetNode[]): number {
    const { fields, parts } = mergeSelections(selected, root, sets);
    let size = 0;
    for (const nodes of fields.values()) {
      const field = META_FIELDS.find(({ name }) => name === nodes[0]?.name.value);
      if (field !== undefined) size += sizeOfField(field, undefined, nodes);
    }
    return parts.reduce((sum, part) => sum + sizeOfRoot(root, [part.selectionSet]), size);
  }

  const root = schema.getQueryType();
  return root == null ? 0 : sizeOfRoot(root, [selectionSet]);
}

function createIds(): (set: SelectionSetNode) => number {
  const ids = new Map<SelectionSetNode, number>();
  return (set) => {
    const id = ids.get(set) ?? ids.size;
    ids.set(set, id);
    return id;
  };
}
