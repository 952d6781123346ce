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
import { tooComplex } from '../mask-error.ts';

/** The maximum number of different entities that one operation may refer to. */
const MAX_ENTITIES = 1000;

/**
 * The maximum number of entity references in one operation. All of them are resolved in one turn of the event loop, and 10,000 references
 * would block the event loop for 300 ms.
 */
const MAX_REFERENCES = 2000;

/** The entity types of this subgraph. */
const ENTITIES = new Set<unknown>(['GpuType', 'DataCenter']);

/**
 * Limits the number of entity references in all `_entities` fields of an operation, before it runs. No other limit counts these references.
 * A reference to a type that is not an entity is rejected as bad input. Without this check, the resolver of `_entities` would report an
 * internal error.
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
      const error = check(values.map((value) => [valueFromASTUntyped(value, args.variableValues)].flat()));
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/**
 * Returns the value of `representations` for each `_entities` field of an operation. A value may come from a variable. Other operations in
 * the document are left out.
 */
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

/**
 * Returns the error about the entity references of an operation; `null` if they may be resolved. `fields` contains the references of each
 * `_entities` field.
 */
function check(fields: readonly (readonly unknown[])[]): GraphQLError | null {
  const count = fields.reduce((sum, { length }) => sum + length, 0);
  if (count > MAX_REFERENCES) {
    return tooComplex(`The operation has ${count} representations; the limit is ${MAX_REFERENCES}.`);
  }
  const entities = new Set<string>();
  for (const representation of fields.flat()) {
    const reference = referenceIn(representation);
    if (reference === null) return NO_REFERENCE;
    entities.add(reference);
  }
  if (entities.size <= MAX_ENTITIES) return null;
  return tooComplex(`The operation refers to ${entities.size} different entities; the limit is ${MAX_ENTITIES}.`);
}

const NO_REFERENCE = new GraphQLError(
  `A representation needs a __typename (${[...ENTITIES].join(' or ')}) and an id that is a string.`,
  { extensions: { code: 'BAD_USER_INPUT' } },
);

/** Returns the type and id of a representation as one string; `null` if it is not a reference to an entity. */
function referenceIn(representation: unknown): string | null {
  if (typeof representation !== 'object' || representation === null) return null;
  const { __typename: typename, id } = representation as Readonly<Record<string, unknown>>;
  return ENTITIES.has(typename) && typeof id === 'string' ? `${String(typename)} ${id}` : null;
}
