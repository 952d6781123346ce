import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

/** A result of an operation, or a later one that brings parts of it. */
export interface OperationResult {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
  /** A large result has its data as JSON already, which was made in pieces. Turns what is shown of the result into JSON. */
  readonly stringify?: (shown: FormattedResult) => string;
}

/** What clients see of a result. */
export interface FormattedResult extends Pick<ExecutionResult, 'data'> {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
}

/** A result without what the gateway keeps to itself. */
export function formatResult({ data, errors, incremental, hasNext }: OperationResult): FormattedResult {
  return {
    ...(data !== undefined && { data }),
    ...(errors !== undefined && { errors: errors.map(toFormatted) }),
    ...(incremental !== undefined && { incremental }),
    ...(hasNext !== undefined && { hasNext }),
  };
}

/** Without the status and headers for HTTP that Yoga keeps in `extensions`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
