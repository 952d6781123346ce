import { GraphQLError, Kind } from 'graphql';
import { InvalidArgumentError, UpstreamError, UpstreamUnauthorizedError } from '../domain/errors.ts';

/**
 * Turns whatever went wrong into what clients may see, with a code. GraphQL's own errors are the client's when they point at
 * the operation or its variables; the domain's errors have their codes; all others are ours and masked.
 */
export function maskError(error: unknown): Error {
  if (!(error instanceof GraphQLError)) return masked(error);
  const cause = error.originalError;
  if (cause === undefined || isOfOperation(error, cause)) return codedByPlace(error);
  if (cause instanceof InvalidArgumentError) return withCode(error, cause.message, 'BAD_USER_INPUT');
  if (cause instanceof UpstreamUnauthorizedError) return withCode(error, cause.message, 'UPSTREAM_UNAUTHORIZED');
  if (cause instanceof UpstreamError) return withCode(error, cause.message, 'UPSTREAM_UNAVAILABLE');
  return masked(error);
}

/** Whether graphql-js refused a variable, before any field was run, or an argument. Else it refused what a resolver returned. */
function isOfOperation({ path }: GraphQLError, cause: Error): boolean {
  return cause instanceof GraphQLError && (path === undefined || cause.nodes !== undefined);
}

/** graphql-js gives no codes: what is wrong with a whole operation is its validity, with a variable or an argument its input. */
function codedByPlace(error: GraphQLError): GraphQLError {
  if (error.extensions['code'] !== undefined) return error;
  const [node] = error.nodes ?? [];
  const code = node?.kind === Kind.OPERATION_DEFINITION ? 'GRAPHQL_VALIDATION_FAILED' : 'BAD_USER_INPUT';
  const extensions = { ...error.extensions, code };
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
}

function withCode(error: GraphQLError, message: string, code: string): GraphQLError {
  const { nodes, path } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions: { code } });
}

function masked(error: unknown): GraphQLError {
  const { nodes = null, path = null } = error instanceof GraphQLError ? error : {};
  return new GraphQLError('Internal server error', { nodes, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
