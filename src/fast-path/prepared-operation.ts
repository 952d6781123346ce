import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  execute,
  type FieldNode,
  FieldsOnCorrectTypeRule,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  KnownDirectivesRule,
  OperationTypeNode,
  parse,
  validate,
  visit,
} from 'graphql';
import type { Report } from '../domain/report.ts';
import type { AvailabilityArguments } from '../graphql/availability/parse-arguments.ts';
import { reportFromMemory } from '../graphql/availability/resolve-availability.ts';
import { createMentionIn } from '../graphql/operation/mentions.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { createMemorySchema } from './memory-schema.ts';
import { printData, RowList } from './print-data.ts';
import { createReportSizes } from './report-sizes.ts';
import { RowTexts } from './row-texts.ts';

/** The part of the loaders that reads nothing but memory. */
type FromMemory = Pick<Loaders, 'memory' | 'budget' | 'validity' | 'freshMs'>;

/** Executes an operation with the given values of its variables. Returns the response as JSON, or `null` if the execution has an error. */
export type PreparedOperation = (variables: Readonly<Record<string, unknown>>, loaders: FromMemory) => string | null;

/** Parses a valid operation. Returns `null` if only Yoga can execute it. */
export type PrepareOperation = (query: string, operationName: string | undefined) => PreparedOperation | null;

/**
 * The execution options. An operation with an error is left to Yoga, so the first error is enough. A list of all errors could be many times
 * as large as the request.
 */
const ONE_ERROR = { maxCoercionErrors: 1 };

/**
 * Creates a function that prepares an operation for repeated execution, if the operation selects nothing but the availability of GPU types.
 * graphql-js executes such an operation over a schema in which rows are leaves. The selection of a row is executed separately, and its
 * result is reused for all requests. `schema` is the public schema.
 */
export function createPrepareOperation(schema: GraphQLSchema): PrepareOperation {
  const rowTexts = new RowTexts(schema, schema.getType('GpuAvailability') as GraphQLObjectType);
  const sizesOf = createReportSizes(schema);
  const memorySchema = createMemorySchema<FromMemory>(schema, {
    report(_root, args, loaders, info) {
      // graphql-js has already converted the arguments to the types of the schema.
      const report = reportFromMemory(loaders, args as AvailabilityArguments, sizesOf(onlyNode(info), info.fragments));
      if (report === null || !report.coverage.complete) throw new Error('not everything is in memory');
      return report;
    },
    rows: ({ nodes }: Report, _args, _loaders, info) =>
      new RowList(rowTexts.print(onlyNode(info), Object.values(info.fragments), nodes)),
  });
  return (query, operationName) => {
    const document = parse(query, { noLocation: true });
    if (!isPreparable(memorySchema, document, operationName)) return null;
    return (variableValues, contextValue) => {
      const sent = { schema: memorySchema, document, operationName, variableValues, contextValue, options: ONE_ERROR };
      const result = execute(sent);
      if (!('data' in result) || result.data == null || result.errors !== undefined) return null;
      return printData(result.data);
    };
  };
}

/**
 * Returns the only node of a field. Throws if there are several nodes, because their selections would have to be merged for each request.
 * Yoga then executes the operation.
 */
function onlyNode({ fieldNodes }: GraphQLResolveInfo): FieldNode {
  const [node, another] = fieldNodes;
  if (node === undefined || another !== undefined) throw new Error('the field is selected more than once');
  return node;
}

/**
 * Returns whether a document contains a field whose data may not be in memory (`availability`), or a field that describes the public
 * schema.
 */
const mentionsOthers = createMentionIn(Kind.FIELD, new Set(['availability', '__schema', '__type']));

/** The validation rules that find root fields and directives that the memory schema does not have. */
const RULES = [FieldsOnCorrectTypeRule, KnownDirectivesRule];

function isPreparable(memorySchema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) return false;
  // graphql-js looks up values in an object with inherited properties. For a variable with a name such as `toString`, it would find a value
  // that was not sent.
  if (operation.variableDefinitions?.some(({ variable }) => variable.name.value in {}) === true) return false;
  if (mentionsOthers(document) || rowsDependOnVariables(document)) return false;
  return validate(memorySchema, document, RULES, { maxErrors: 1 }).length === 0;
}

/** Whether the selection of rows depends on variables. Every fragment is checked, because any of them may be part of this selection. */
function rowsDependOnVariables(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    [Kind.FRAGMENT_DEFINITION](fragment) {
      found ||= mentionsVariable(fragment);
    },
    [Kind.FIELD]({ name, selectionSet }) {
      if (name.value === 'nodes' && selectionSet !== undefined) found ||= mentionsVariable(selectionSet);
    },
  });
  return found;
}

function mentionsVariable(node: ASTNode): boolean {
  let found = false;
  visit(node, {
    [Kind.VARIABLE]() {
      found = true;
      return BREAK;
    },
  });
  return found;
}
