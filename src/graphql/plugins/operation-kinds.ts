import { GraphQLError, Kind, type OperationDefinitionNode, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Rejects kinds of operations that the schema does not have, such as mutations, during validation. graphql-js would reject such an
 * operation only on execution, and its result would have `data`. The result of an invalid operation must not have `data`.
 */
export function useKnownOperationKinds(): Plugin {
  return { onValidate: ({ addValidationRule }) => addValidationRule(KnownOperationKinds) };
}

const KnownOperationKinds = (context: ValidationContext) => ({
  [Kind.OPERATION_DEFINITION](node: OperationDefinitionNode) {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(new GraphQLError(`This schema has no ${node.operation}s.`, { nodes: node }));
  },
});
