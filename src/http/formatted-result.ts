import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

/** The result of an operation. If an operation is answered in parts, its first result or a later one, which adds parts to the first. */
export interface OperationResult {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
  /** Serialises a large result whose data was already converted to JSON, in pieces. `undefined` for other results. */
  readonly stringify?: (formatted: FormattedResult) => string;
}

/** A result in the form that is sent to clients. */
export interface FormattedResult extends Pick<ExecutionResult, 'data'> {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
}

/** Returns a result in the form that is sent to clients, without the fields that only the gateway uses. */
export function formatResult({ data, errors, incremental, hasNext }: OperationResult): FormattedResult {
  return {
    ...(data !== undefined && { data }),
    ...(errors !== undefined && { errors: errors.map(toFormatted) }),
    ...(incremental !== undefined && { incremental }),
    ...(hasNext !== undefined && { hasNext }),
  };
}

/** Returns an error in the form that is sent to clients, without the HTTP status and headers that Yoga stores in `extensions`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
