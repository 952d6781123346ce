import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

/** A result of an operation. An incremental response consists of several results; the later results add data to the first one. */
export interface OperationResult {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
  /**
   * Converts the result to JSON. Only a large result has this function: the JSON of its data was already produced in chunks, so the data
   * need not be serialized again.
   */
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
