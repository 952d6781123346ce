import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { OperationTooComplexError } from '../../domain/errors.ts';
import type { GraphQLContext } from '../context.ts';
import { introspectionSize } from '../cost/introspection-size.ts';
import { bytesOf, type LongestValues } from '../cost/longest-values.ts';
import { type Selected, sizeOfObject } from '../cost/selected-size.ts';
import { tooComplex } from '../mask-error.ts';
import { fragmentsIn } from '../operation/fragments.ts';
import { createMentionIn } from '../operation/mentions.ts';
import { readVariables } from '../operation/variables.ts';

/** The number of bytes of a response in addition to its data. */
const ENVELOPE_BYTES = 32;

const mentionsSchema = createMentionIn(Kind.FIELD, new Set(['__schema', '__type']));

/**
 * Limits the size of responses. Before an operation runs, this plugin counts the bytes of all its fields except those for availability,
 * placements, GPU types and data centers. The resolvers of the excepted fields count their own bytes once the number of items is known.
 */
export function useResponseLimit(schema: GraphQLSchema): Plugin<GraphQLContext> {
  const longest = longestOfSubgraph(schema);
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { document, contextValue } = args;
      const operation = getOperationAST(document, args.operationName);
      if (operation?.operation !== OperationTypeNode.QUERY) return;
      const coerced = readVariables(args.schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
      if (coerced === undefined) return;
      try {
        const fragments = fragmentsIn(document);
        const selected = { schema: args.schema, fragments, variables: coerced, longest, pathBytes: 0 };
        const bytes = rootSize(selected, document, operation);
        contextValue.loaders.budget.spendBytes(bytes);
        contextValue.pace.spend(bytes);
      } catch (error) {
        if (!(error instanceof OperationTooComplexError)) throw error;
        setResultAndStopExecution({ errors: [tooComplex(error.message)] });
      }
    },
  };
}

function rootSize(selected: Selected, document: DocumentNode, operation: OperationDefinitionNode): number {
  const root = selected.schema.getQueryType();
  if (root == null) return 0;
  const size = ENVELOPE_BYTES + sizeOfObject(selected, root, [operation.selectionSet]).fixed;
  return mentionsSchema(document) ? size + introspectionSize(selected, operation) : size;
}

/** Returns the size of the field `_service { sdl }`, which is a single long text. Routers of supergraphs read it. */
function longestOfSubgraph(schema: GraphQLSchema): LongestValues {
  const result = execute({ schema, document: parse('{ _service { sdl } }') });
  const { _service } = ('data' in result ? result.data : null) as { readonly _service?: { readonly sdl?: string } };
  return new Map([['_Service.sdl', { bytes: bytesOf(_service?.sdl), items: 0 }]]);
}
