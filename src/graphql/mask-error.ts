import { GraphQLError } from 'graphql';
import { InvalidArgumentError, UpstreamError, UpstreamUnauthorizedError } from '../domain/errors.ts';

/**
 * Turns whatever a resolver threw into what clients may see. Errors of GraphQL itself (a bad operation, a bad variable)
 * pass; the domain's get their code; all others are ours and masked.
 */
export function maskError(error: unknown): Error {
  if (!(error instanceof GraphQLError)) return masked(error);
  const cause = error.originalError;
  if (cause === undefined || cause instanceof GraphQLError) return error;
  if (cause instanceof InvalidArgumentError) return withCode(error, cause.message, 'BAD_USER_INPUT');
  if (cause instanceof UpstreamUnauthorizedError) return withCode(error, cause.message, 'UPSTREAM_UNAUTHORIZED');
  if (cause instanceof UpstreamError) return withCode(error, cause.message, 'UPSTREAM_UNAVAILABLE');
  return masked(error);
}

function withCode(error: GraphQLError, message: string, code: string): GraphQLError {
  const { nodes, path } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions: { code } });
}

function masked(error: unknown): GraphQLError {
  const { nodes = null, path = null } = error instanceof GraphQLError ? error : {};
  return new GraphQLError('Internal server error', { nodes, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
