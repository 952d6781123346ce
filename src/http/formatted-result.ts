import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

/** The result of an operation, or a later result that adds parts to it. */
export interface OperationResult {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
  /** Serialises a large result. Its data was converted to JSON earlier, in pieces. `undefined` for other results. */
  readonly stringify?: (formatted: FormattedResult) => string;
}

/** A result in the form that is sent to clients. */
export interface FormattedResult extends Pick<ExecutionResult, 'data'> {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
}

/** Returns the result without the fields that are only for the gateway. */
export function formatResult({ data, errors, incremental, hasNext }: OperationResult): FormattedResult {
  return {
    ...(data !== undefined && { data }),
    ...(errors !== undefined && { errors: errors.map(toFormatted) }),
    ...(incremental !== undefined && { incremental }),
    ...(hasNext !== undefined && { hasNext }),
  };
}

/** Removes the HTTP status and headers, which Yoga keeps in `extensions`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
