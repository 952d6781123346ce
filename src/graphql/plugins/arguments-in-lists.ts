import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { fragmentOf, fragmentsIn, typeOfFragment } from '../operation/fragments.ts';
import { isIncluded } from '../operation/inclusion.ts';
import { createMentionIn } from '../operation/mentions.ts';
import type { RunningDocument } from '../operation/running-document.ts';
import type { VariableValues } from '../operation/variables.ts';
import { readVariables } from '../operation/variables.ts';

const AVAILABILITY = 'availability';
const mentionsAvailability = createMentionIn(Kind.FIELD, new Set([AVAILABILITY]));

/**
 * Rejects an operation with BAD_USER_INPUT if an argument of an `availability` field inside a list is not valid. For example, a variable is
 * null, but the argument must not be null. Without this check, the executor would report the error once for each item of the list. The
 * resolver, which limits the number of errors, would not be called.
 */
export function useArgumentsInLists(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { schema, document } = args;
      if (!mentionsAvailability(document)) return;
      const operation = getOperationAST(document, args.operationName);
      const root = operation == null ? null : schema.getRootType(operation.operation);
      if (operation == null || root == null) return;
      const coerced = readVariables(schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
      // Validation has already checked literal values. So an argument can be wrong only if a variable is null.
      if (coerced === undefined || !hasNull(operation.variableDefinitions ?? [], coerced)) return;
      const error = findUnreadable(
        { schema, fragments: fragmentsIn(document), variables: coerced },
        root,
        operation.selectionSet,
      );
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

const hasNull = (
  definitions: readonly { readonly variable: { readonly name: { readonly value: string } } }[],
  values: VariableValues,
): boolean => definitions.some(({ variable }) => values[variable.name.value] == null);

/** Returns the error about the first invalid argument of an `availability` field inside a list; `null` if all arguments are valid. */
function findUnreadable(
  { schema, fragments, variables }: RunningDocument,
  root: GraphQLNamedType,
  selectionSet: SelectionSetNode,
): GraphQLError | null {
  const visited = new Set<string>();

  function walk(type: GraphQLNamedType | undefined, { selections }: SelectionSetNode, isInList: boolean): void {
    for (const selection of selections) if (isIncluded(selection, variables)) enter(type, selection, isInList);
  }

  function enter(type: GraphQLNamedType | undefined, selection: SelectionNode, isInList: boolean): void {
    if (selection.kind === Kind.FIELD) {
      const field = isObjectType(type) ? type.getFields()[selection.name.value] : undefined;
      if (field !== undefined) enterField(field, selection, isInList);
      return;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const key = `${selection.name.value} ${isInList}`;
      if (visited.has(key)) return;
      visited.add(key);
    }
    const fragment = fragmentOf(selection, fragments);
    if (fragment !== undefined) walk(typeOfFragment(fragment, type, schema), fragment.selectionSet, isInList);
  }

  function enterField(field: GraphQLField<unknown, unknown>, node: FieldNode, isInList: boolean): void {
    if (isInList && field.name === AVAILABILITY) getArgumentValues(field, node, { ...variables });
    const isList = isListType(getNullableType(field.type));
    if (node.selectionSet !== undefined) walk(getNamedType(field.type), node.selectionSet, isInList || isList);
  }

  try {
    walk(root, selectionSet, false);
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
  }
}
