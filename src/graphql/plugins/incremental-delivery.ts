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
import type { Part, ResultInParts } from '../incremental/result-formats.ts';
import { findStreamedTwice } from '../incremental/streamed-twice.ts';
import { maskError } from '../mask-error.ts';
import { fragmentsIn } from '../operation/fragments.ts';
import { isIncluded } from '../operation/inclusion.ts';
import { createMentionIn } from '../operation/mentions.ts';
import type { VariableValues } from '../operation/variables.ts';
import { readVariables } from '../operation/variables.ts';

/** Returns all errors of a result, including the errors of its deferred fragments and streamed items. */
export function errorsIn({ errors = [], incremental = [] }: ResultInParts<GraphQLError>): readonly GraphQLError[] {
  return [...errors, ...incremental.flatMap((part) => part.errors ?? [])];
}

/**
 * Adds `@defer` and `@stream` to the schema. Masks the errors of deferred fragments and streamed items, because Yoga does not mask them.
 * Rejects two kinds of operations that would fail later: those with a negative `initialCount`, which Yoga would report as an internal
 * error, and those that stream a list twice.
 */
export function useIncrementalDelivery(): readonly Plugin[] {
  const onNext = ({ result, setResult }: { result: object; setResult: (result: object) => void }) => {
    const { incremental } = result as ResultInParts<GraphQLError>;
    if (incremental !== undefined) setResult({ ...result, incremental: incremental.map(maskPart) });
  };
  const masking: Plugin = {
    onExecute: () => ({ onExecuteDone: ({ result }) => (isAsyncIterable(result) ? { onNext } : undefined) }),
    // Subscription events may be sent incrementally too, so their errors are masked in the same way.
    onSubscribe: () => ({ onSubscribeResult: () => ({ onNext }) }),
  };
  const rejecting: Plugin = {
    onExecute: ({ args, setResultAndStopExecution }) => rejectStreams(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => rejectStreams(args, setResultAndStopExecution),
  };
  return [useDeferStream(), rejecting, masking];
}

type Run = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

const mentionsStream = createMentionIn(Kind.DIRECTIVE, new Set(['stream']));

function rejectStreams(run: Run, stopWith: (result: ExecutionResult) => void): void {
  if (!mentionsStream(run.document)) return;
  const operation = getOperationAST(run.document, run.operationName);
  // Other operations in the document are ignored. They do not run, and their variables have no values.
  const own = separateOperations(run.document)[operation?.name?.value ?? ''];
  if (operation == null || own === undefined) return;
  const variables = readVariables(run.schema, operation.variableDefinitions ?? [], run.variableValues ?? {});
  if (variables === undefined) return;
  const error = negativeInitialCount(run.schema, variables, own) ?? listStreamedTwice(run, variables, operation);
  if (error !== undefined) stopWith({ errors: [maskError(error)] });
}

/** Returns an error if the executor would stream a list twice. */
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
    `"${key}" has @stream both inside and outside of a fragment with @defer, or in two such fragments. Stream it in one place, or use different aliases.`,
    { nodes: field.directives?.find(({ name }) => name.value === 'stream') ?? null },
  );
}

/**
 * Returns an error if the `initialCount` of a `@stream` is not a number of 0 or more. The error is about the first such `@stream` in the
 * document.
 */
function negativeInitialCount(
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

/** Returns the result of `read`; `undefined` if an argument is not valid. The executor reports that error. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

const OFF = { if: false, initialCount: 0 };

function maskPart(part: Part<GraphQLError>) {
  return part.errors === undefined ? part : { ...part, errors: part.errors.map(toFormatted) };
}

/** Masks an error of a deferred fragment or streamed item. The error sets no HTTP status, because the status has already been sent. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const masked = maskError(error);
  const { http: _, ...extensions } = masked.extensions;
  return { ...masked.toJSON(), extensions };
}
