import { GraphQLError, Kind, type OperationDefinitionNode, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Refuses kinds of operations that the schema does not have, which are mutations. graphql-js would find out when it runs the operation, and
 * its answer would have `data`, which an operation that is not run must not have.
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
