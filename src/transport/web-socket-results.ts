import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

/** A result of an operation, or a later one that brings parts of it. */
export interface Result {
  readonly data?: ExecutionResult['data'] | undefined;
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
  /** A large result has its data as JSON already, which was made in pieces. Turns what is shown of the result into JSON. */
  readonly stringify?: (shown: Shown) => string;
}

/** What clients see of a result. */
interface Shown extends Pick<ExecutionResult, 'data'> {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly incremental?: unknown;
  readonly hasNext?: unknown;
}

/** The payload of a message for the library, which turns it into JSON. A large result is given to `keepText` as JSON instead. */
export function toPayload(result: Result, keepText: (text: string) => void): Shown {
  const { data, errors, incremental, hasNext, stringify } = result;
  const shown = {
    ...(data !== undefined && { data }),
    ...(errors !== undefined && { errors: errors.map(toFormatted) }),
    ...(incremental !== undefined && { incremental }),
    ...(hasNext !== undefined && { hasNext }),
  };
  if (stringify === undefined) return shown;
  keepText(stringify(shown));
  return NO_PAYLOAD;
}

const NO_PAYLOAD = {};

/**
 * Puts a result that is JSON already into its message. `texts` has those results by the ids of their operations. The library would turn up
 * to 20 MB into JSON at once, which takes 100 ms and more.
 */
export function withText(message: string, texts: Map<string, string>): string {
  if (texts.size === 0) return message;
  const { id = '', type } = JSON.parse(message) as { readonly id?: string; readonly type: string };
  const text = type === 'next' ? texts.get(id) : undefined;
  if (text === undefined) return message;
  texts.delete(id);
  return `{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`;
}

/** Without what Yoga says to itself about HTTP in `extensions`. */
function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
