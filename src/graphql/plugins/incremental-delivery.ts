import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import {
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  separateOperations,
  visit,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { createMentionIn } from '../cost/mentions.ts';
import { isIncluded, type VariableValues } from '../cost/selected-fields.ts';
import { maskError } from '../mask-error.ts';
import { fragmentsIn } from '../parts/collected-fields.ts';
import { findStreamedTwice } from '../parts/streamed-twice.ts';
import { readVariables } from './variable-values.ts';

/** A result, or a later one that brings parts of it. */
interface ResultInParts extends ExecutionResult {
  readonly incremental?: readonly Part[];
}

interface Part {
  readonly errors?: readonly GraphQLError[];
}

/** All errors that a result tells of, be it of those that bring parts. */
export function errorsIn(result: ResultInParts): readonly GraphQLError[] {
  return [...(result.errors ?? []), ...(result.incremental ?? []).flatMap(({ errors = [] }) => errors)];
}

/**
 * Adds `@defer` and `@stream` to the schema that operations are run on. Yoga does not mask the errors of parts, and takes a count of
 * rows that cannot be for a fault of its own.
 */
export function useIncrementalDelivery(): readonly Plugin[] {
  const onNext = ({ result, setResult }: { result: object; setResult: (result: object) => void }) => {
    const { incremental } = result as ResultInParts;
    if (incremental !== undefined) setResult({ ...result, incremental: incremental.map(maskPart) });
  };
  const masking: Plugin = {
    onExecute: () => ({ onExecuteDone: ({ result }) => (isAsyncIterable(result) ? { onNext } : undefined) }),
    // An event of a subscription may come in parts, too.
    onSubscribe: () => ({ onSubscribeResult: () => ({ onNext }) }),
  };
  const refusing: Plugin = {
    onExecute: ({ args, setResultAndStopExecution }) => refuse(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => refuse(args, setResultAndStopExecution),
  };
  return [useDeferStream(), refusing, masking];
}

type Run = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

const mentionsStream = createMentionIn(Kind.DIRECTIVE, new Set(['stream']));

function refuse(run: Run, stopWith: (result: ExecutionResult) => void): void {
  if (!mentionsStream(run.document)) return;
  const operation = getOperationAST(run.document, run.operationName);
  // Without the other operations, whose variables are not given.
  const own = separateOperations(run.document)[operation?.name?.value ?? ''];
  if (operation == null || own === undefined) return;
  const variables = readVariables(run.schema, operation.variableDefinitions ?? [], run.variableValues ?? {});
  if (variables === undefined) return;
  const error = countThatCannotBe(run.schema, variables, own) ?? listStreamedTwice(run, variables, operation);
  if (error !== undefined) stopWith({ errors: [maskError(error)] });
}

/** An error about a list that the executor would stream twice. */
function listStreamedTwice(
  { schema, document }: Run,
  variables: VariableValues,
  operation: OperationDefinitionNode,
): GraphQLError | undefined {
  const field = unlessUnreadable(() =>
    findStreamedTwice({ schema, fragments: fragmentsIn(document), variables }, operation),
  );
  if (field === undefined) return undefined;
  const key = (field.alias ?? field.name).value;
  return new GraphQLError(
    `"${key}" has @stream both inside and outside of a fragment with @defer, or in two of them. Stream it in one place, or use different aliases.`,
    { nodes: field.directives?.find(({ name }) => name.value === 'stream') ?? null },
  );
}

/** An error about the first `@stream` in the document that is to send less than no rows at once. */
function countThatCannotBe(
  schema: GraphQLSchema,
  coerced: VariableValues,
  document: DocumentNode,
): GraphQLError | undefined {
  let error: GraphQLError | undefined;
  visit(document, {
    enter(node) {
      if ((node.kind === Kind.FIELD || node.kind === Kind.INLINE_FRAGMENT) && !isIncluded(node, coerced)) return false;
      if (node.kind !== Kind.DIRECTIVE || node.name.value !== 'stream') return undefined;
      const { if: isOn, initialCount } = argumentsOf(node, schema, coerced);
      if (isOn === false || (typeof initialCount === 'number' && initialCount >= 0)) return undefined;
      error = new GraphQLError(`initialCount of @stream is ${String(initialCount)}; it must be 0 or more.`, {
        nodes: node,
      });
      return BREAK;
    },
  });
  return error;
}

const argumentsOf = (node: DirectiveNode, schema: GraphQLSchema, values: VariableValues) => {
  const stream = schema.getDirective('stream');
  return unlessUnreadable(() => (stream == null ? OFF : getArgumentValues(stream, node, { ...values }))) ?? OFF;
};

/** Arguments that cannot be read are reported by the executor. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

const OFF = { if: false, initialCount: 0 };

function maskPart(part: Part) {
  return part.errors === undefined ? part : { ...part, errors: part.errors.map(toFormatted) };
}

/** The status has been sent by then. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const masked = maskError(error);
  const { http: _, ...extensions } = masked.extensions;
  return { ...masked.toJSON(), extensions };
}
