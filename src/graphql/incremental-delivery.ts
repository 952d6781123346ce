import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
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

/** Adds `@defer` and `@stream` to the schema that operations are run on. Yoga does not mask the errors of parts. */
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
  return [useDeferStream(), masking];
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
