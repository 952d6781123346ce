import {
  type DocumentNode,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
} from 'graphql';

/**
 * Returns an object as JSON, with the fields that are selected in `field`. Throws if one of these fields has an error. The selection must
 * not depend on variables.
 */
export type PrintSelection = (
  field: FieldNode,
  fragments: readonly FragmentDefinitionNode[],
  object: unknown,
) => string;

/** Creates a function that prints objects of one type as JSON. `type` is their type in `schema`. */
export function createPrintSelection(schema: GraphQLSchema, type: GraphQLObjectType): PrintSelection {
  // The schema contains all types, because a fragment may name a type that `type` does not refer to.
  const schemaOfObject = new GraphQLSchema({ query: type, types: Object.values(schema.getTypeMap()) });
  const documents = new WeakMap<FieldNode, DocumentNode>();
  return (field, fragments, rootValue) => {
    const document = documents.get(field) ?? toDocument(field, fragments);
    documents.set(field, document);
    const result = execute({ schema: schemaOfObject, document, rootValue });
    if (!('data' in result) || result.errors !== undefined) throw new Error('a field has an error');
    return JSON.stringify(result.data);
  };
}

/**
 * Creates an operation with the selection of `field`. Executing it with an object as the root object returns the selected fields of this
 * object.
 */
function toDocument({ selectionSet }: FieldNode, fragments: readonly FragmentDefinitionNode[]): DocumentNode {
  if (selectionSet === undefined) throw new Error('a field that returns objects must have a selection');
  const operation = { kind: Kind.OPERATION_DEFINITION, operation: OperationTypeNode.QUERY, selectionSet } as const;
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
}
