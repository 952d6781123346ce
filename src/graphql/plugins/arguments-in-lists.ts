import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
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
import { createMentionIn } from '../cost/mentions.ts';
import { isIncluded, type VariableValues } from '../cost/selected-fields.ts';
import { fragmentsOf } from './answer-limit.ts';
import { readVariables } from './variable-values.ts';

const ASKS = 'availability';
const mentionsQuestion = createMentionIn(Kind.FIELD, new Set([ASKS]));

/**
 * Refuses an operation with BAD_USER_INPUT when a question in a list has an argument that GraphQL cannot read, such as a variable that
 * is null where there must be a value. The executor would report it once for each item, before a resolver could count it.
 */
export function useArgumentsInLists(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { schema, document } = args;
      if (!mentionsQuestion(document)) return;
      const operation = getOperationAST(document, args.operationName);
      const root = operation == null ? null : schema.getRootType(operation.operation);
      if (operation == null || root == null) return;
      const coerced = readVariables(schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
      // What is written in the operation itself has been validated.
      if (coerced === undefined || !hasNull(operation.variableDefinitions ?? [], coerced)) return;
      const error = findUnreadable({ schema, document, variables: coerced }, root, operation.selectionSet);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

const hasNull = (
  definitions: readonly { readonly variable: { readonly name: { readonly value: string } } }[],
  values: VariableValues,
): boolean => definitions.some(({ variable }) => values[variable.name.value] == null);

interface Run {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: VariableValues;
}

/** The error about the first question in a list whose arguments cannot be read. */
function findUnreadable(
  { schema, document, variables }: Run,
  root: GraphQLNamedType,
  selectionSet: SelectionSetNode,
): GraphQLError | null {
  const fragments: Readonly<Record<string, FragmentDefinitionNode | undefined>> = fragmentsOf(document);
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
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    if (fragment === undefined) return;
    const condition = fragment.typeCondition?.name.value;
    walk(condition === undefined ? type : schema.getType(condition), fragment.selectionSet, isInList);
  }

  function enterField(field: GraphQLField<unknown, unknown>, node: FieldNode, isInList: boolean): void {
    if (isInList && field.name === ASKS) getArgumentValues(field, node, { ...variables });
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
