import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import {
  type DirectiveNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  visit,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { maskError } from './mask-error.ts';

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

function refuse(run: Run, stopWith: (result: ExecutionResult) => void): void {
  const streams = streamsIn(run.document);
  const error = streams.length === 0 ? undefined : countThatCannotBe(run, streams);
  if (error !== undefined) stopWith({ errors: [maskError(error)] });
}

const known = new WeakMap<DocumentNode, readonly DirectiveNode[]>();

/** Every `@stream` in a document, looked for once. */
function streamsIn(document: DocumentNode): readonly DirectiveNode[] {
  const streams = known.get(document);
  if (streams !== undefined) return streams;
  const found: DirectiveNode[] = [];
  visit(document, { [Kind.DIRECTIVE]: (node) => void (node.name.value === 'stream' && found.push(node)) });
  known.set(document, found);
  return found;
}

/** An error about the first of them that is to send less than no rows at once. */
function countThatCannotBe(
  { schema, document, operationName, variableValues }: Run,
  streams: readonly DirectiveNode[],
): GraphQLError | undefined {
  const directive = schema.getDirective('stream');
  const { variableDefinitions = [] } = getOperationAST(document, operationName) ?? {};
  const { coerced } = getVariableValues(schema, variableDefinitions, variableValues ?? {});
  // What is wrong with variables is said when the operation is run.
  if (directive == null || coerced === undefined) return undefined;
  for (const node of streams) {
    const { if: isOn, initialCount } = getArgumentValues(directive, node, coerced);
    if (isOn === false || (typeof initialCount === 'number' && initialCount >= 0)) continue;
    return new GraphQLError(`initialCount of @stream is ${String(initialCount)}; it must be 0 or more.`, {
      nodes: node,
    });
  }
  return undefined;
}

function maskPart(part: Part) {
  return part.errors === undefined ? part : { ...part, errors: part.errors.map(toFormatted) };
}

/** The status has been sent by then. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const masked = maskError(error);
  const { http: _, ...extensions } = masked.extensions;
  return { ...masked.toJSON(), extensions };
}
