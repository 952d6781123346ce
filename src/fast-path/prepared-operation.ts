import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  execute,
  FieldsOnCorrectTypeRule,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  KnownDirectivesRule,
  OperationTypeNode,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { MemoryLoaders } from '../loaders/loaders.ts';
import { createMemoryResolvers } from './memory-resolvers.ts';
import { createMemorySchema } from './memory-schema.ts';
import { printData } from './print-data.ts';

/** Executes an operation with the given values of its variables. Returns the response as JSON, or `null` if the execution has an error. */
export type PreparedOperation = (variables: Readonly<Record<string, unknown>>, loaders: MemoryLoaders) => string | null;

/** Parses a valid operation. Returns `null` if only Yoga can execute it. */
export type PrepareOperation = (query: string, operationName: string | undefined) => PreparedOperation | null;

/**
 * The execution options. They make graphql-js report only the first invalid variable, because a list of all errors could be many times as
 * large as the request. Clients do not receive this error: Yoga then answers the request, and reports up to ten errors about variables.
 */
const ONE_ERROR = { maxCoercionErrors: 1 };

/**
 * Creates a function that prepares an operation for repeated execution. An operation can be prepared if all of its fields can be answered
 * from memory. graphql-js executes the operation without the items of long lists. The JSON of these items is created separately, and reused
 * for all requests. `schema` is the public schema.
 */
export function createPrepareOperation(schema: GraphQLSchema): PrepareOperation {
  const memorySchema = createMemorySchema(schema, createMemoryResolvers(schema));
  return (query, operationName) => {
    const document = parse(query, { noLocation: true });
    if (!isPreparable({ schema, memorySchema }, document, operationName)) return null;
    return (variableValues, contextValue) => {
      const sent = { schema: memorySchema, document, operationName, variableValues, contextValue, options: ONE_ERROR };
      const result = execute(sent);
      if (!('data' in result) || result.data == null || result.errors !== undefined) return null;
      return printData(result.data);
    };
  };
}

/**
 * The validation rules that reject an operation with root fields or directives that the memory schema does not have. The memory schema is
 * the part of the public schema that can be answered from memory.
 */
const RULES = [FieldsOnCorrectTypeRule, KnownDirectivesRule];

/** The public schema, and the memory schema, which is the part of it that can be answered from memory. */
interface Schemas {
  readonly schema: GraphQLSchema;
  readonly memorySchema: GraphQLSchema;
}

function isPreparable(
  { schema, memorySchema }: Schemas,
  document: DocumentNode,
  operationName: string | undefined,
): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) return false;
  // graphql-js looks up the values of variables in an object with inherited properties. For a variable with a name such as `toString`, it
  // would find a value that the client has not sent. So such an operation is not prepared here, and Yoga executes it.
  if (operation.variableDefinitions?.some(({ variable }) => variable.name.value in {}) === true) return false;
  if (selectsOthers(schema, document) || leavesDependOnVariables(document)) return false;
  return validate(memorySchema, document, RULES, { maxErrors: 1 }).length === 0;
}

/**
 * Whether a document contains a field that needs Yoga: a field whose data may not be in memory (`availability` of a GPU type or a data
 * center), or `__schema` or `__type`, which describe the public schema.
 */
function selectsOthers(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  return contains(
    document,
    (node) => {
      if (node.kind !== Kind.FIELD) return false;
      const name = node.name.value;
      if (name === 'availability') return typeInfo.getParentType()?.name !== 'PlacementOption';
      return name === '__schema' || name === '__type';
    },
    typeInfo,
  );
}

/**
 * The names of the fields whose JSON is created separately. In the public schema, they are lists of objects, and the client selects fields
 * of these objects. In the memory schema (the part that can be answered from memory), they are scalars.
 */
const LEAVES = new Set(['nodes', 'options', 'excluded']);

/**
 * Whether the selection of a field in `LEAVES` depends on variables. Every fragment is checked, because each of them may be part of such a
 * selection.
 */
const leavesDependOnVariables = (document: DocumentNode): boolean =>
  contains(document, (node) => {
    if (node.kind === Kind.FRAGMENT_DEFINITION) return mentionsVariable(node);
    if (node.kind !== Kind.FIELD || !LEAVES.has(node.name.value)) return false;
    return node.selectionSet !== undefined && mentionsVariable(node.selectionSet);
  });

const mentionsVariable = (node: ASTNode): boolean => contains(node, ({ kind }) => kind === Kind.VARIABLE);

/** Whether `satisfies` returns true for a node or one of its descendants. `typeInfo` is updated for each visited node. */
function contains(node: ASTNode, satisfies: (node: ASTNode) => boolean, typeInfo?: TypeInfo): boolean {
  let found = false;
  const visitor = {
    enter(inner: ASTNode) {
      found = satisfies(inner);
      return found ? BREAK : undefined;
    },
  };
  visit(node, typeInfo === undefined ? visitor : visitWithTypeInfo(typeInfo, visitor));
  return found;
}
