import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooComplex } from './mask-error.ts';

/** What a federation gateway may ask for at once. */
const MAX_REPRESENTATIONS = 1000;

/** Types that other subgraphs refer to. */
const ENTITIES = new Set<unknown>(['GpuType', 'DataCenter']);

/**
 * Looks at the representations of an operation, over all its `_entities` fields, before it is run. No other limit counts them. One of a
 * type that is no entity is bad input; the resolver of `_entities` would report it as a fault of the gateway.
 */
export function useRepresentations(): Plugin {
  const valuesByOperation = new WeakMap<OperationDefinitionNode, readonly ValueNode[]>();
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const operation = getOperationAST(args.document, args.operationName);
      if (operation == null) return;
      const values = valuesByOperation.get(operation) ?? findRepresentations(args.document, operation);
      valuesByOperation.set(operation, values);
      if (values.length === 0) return;
      const error = check(values.flatMap((value) => valueFromASTUntyped(value, args.variableValues)));
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/** The arguments as written, which may be variables. A document may hold other operations, whose variables have no values. */
function findRepresentations(document: DocumentNode, { name }: OperationDefinitionNode): readonly ValueNode[] {
  const values: ValueNode[] = [];
  const withItsFragments = separateOperations(document)[name?.value ?? ''];
  if (withItsFragments === undefined) return values;
  visit(withItsFragments, {
    [Kind.FIELD](field) {
      if (field.name.value !== '_entities') return;
      for (const argument of field.arguments ?? [])
        if (argument.name.value === 'representations') values.push(argument.value);
    },
  });
  return values;
}

function check(representations: readonly unknown[]): GraphQLError | null {
  const { length } = representations;
  if (length > MAX_REPRESENTATIONS) {
    return tooComplex(`The operation has ${length} representations; ${MAX_REPRESENTATIONS} is the most.`);
  }
  if (representations.every(isReference)) return null;
  return new GraphQLError(
    `A representation has a __typename, one of ${[...ENTITIES].join(' and ')}, and an id that is a text.`,
    { extensions: { code: 'BAD_USER_INPUT' } },
  );
}

function isReference(representation: unknown): boolean {
  if (typeof representation !== 'object' || representation === null) return false;
  const { __typename, id } = representation as Readonly<Record<string, unknown>>;
  return ENTITIES.has(__typename) && typeof id === 'string';
}
