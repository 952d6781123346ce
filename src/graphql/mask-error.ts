import { GraphQLError, Kind } from 'graphql';
import {
  ClientLimitedError,
  EventsMissedError,
  InvalidArgumentError,
  OperationTooComplexError,
  OverloadedError,
  TooManySubscriptionsError,
  UpstreamError,
  UpstreamUnauthorizedError,
} from '../domain/errors.ts';

/**
 * Converts an error to the form that clients may see, and adds a code. Clients see the message if the error is about their operation or its
 * variables, or if its class is handled below. All other errors are faults of the gateway, so their messages are masked.
 */
export function maskError(error: unknown): GraphQLError {
  if (error instanceof OverloadedError) return overloaded(error);
  if (!(error instanceof GraphQLError)) return masked(error);
  if (isClients(error)) return withCodeOfGraphQL(error);
  const cause = error.originalError;
  if (cause instanceof OperationTooComplexError) return tooComplex(cause.message);
  if (cause instanceof OverloadedError) return overloaded(cause);
  if (cause instanceof InvalidArgumentError) return withCode(error, cause.message, 'BAD_USER_INPUT');
  if (cause instanceof EventsMissedError) return withCode(error, cause.message, 'EVENTS_MISSED');
  if (cause instanceof TooManySubscriptionsError) return withCode(error, cause.message, 'TOO_MANY_SUBSCRIPTIONS');
  if (cause instanceof ClientLimitedError) return withCode(error, cause.message, 'RATE_LIMITED');
  if (cause instanceof UpstreamUnauthorizedError) return withCode(error, cause.message, 'UPSTREAM_UNAUTHORIZED');
  if (cause instanceof UpstreamError) return withCode(error, cause.message, 'UPSTREAM_UNAVAILABLE');
  return masked(error);
}

/**
 * Whether an error is the client's mistake: graphql-js rejected the operation, a variable or an argument. If graphql-js rejected a value
 * that a resolver returned, the gateway is at fault; in that case, the original error has no location in the operation.
 */
export function isClients({ path, originalError }: GraphQLError): boolean {
  if (originalError === undefined) return true;
  return originalError instanceof GraphQLError && (path === undefined || originalError.nodes !== undefined);
}

/**
 * Adds a code to an error of graphql-js that has no code: BAD_USER_INPUT if the error is about a field, because then an argument is not
 * valid, else GRAPHQL_VALIDATION_FAILED.
 */
function withCodeOfGraphQL(error: GraphQLError): GraphQLError {
  if (error.extensions['code'] !== undefined) return error;
  const { message, nodes = null, path = null } = error;
  const beforeAnyField = path === null && nodes?.[0]?.kind !== Kind.FIELD;
  const extensions = beforeAnyField ? INVALID_OPERATION : { code: 'BAD_USER_INPUT' };
  return new GraphQLError(message, { nodes, path, extensions });
}

/**
 * The extensions of the error for an invalid operation. GraphQL over HTTP requires status 200 for clients that accept only
 * application/json, and 400 for all others.
 */
const INVALID_OPERATION = { code: 'GRAPHQL_VALIDATION_FAILED', http: { spec: true, status: 400 } };

/** Creates the error for a malformed request. The HTTP status is always 400, whichever media types the client accepts. */
export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { spec: false, status: 400 } } });
}

/** Creates the error for an operation that exceeds a limit. The HTTP status is always 400, whichever media types the client accepts. */
export function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'OPERATION_TOO_COMPLEX', http: { spec: false, status: 400 } },
  });
}

/** How long a client should wait before it repeats a refused large operation, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Creates the error for a large operation that is refused for now, because memory or CPU time is short, or because the client has too many
 * unread responses. The HTTP status is 429 in the last case, else 503.
 */
export function overloaded({ message, shortage }: OverloadedError): GraphQLError {
  const status = shortage === 'client' ? 429 : 503;
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return new GraphQLError(message, { extensions: { code: 'OVERLOADED', http: { spec: false, status, headers } } });
}

function withCode(error: GraphQLError, message: string, code: string): GraphQLError {
  const { nodes, path } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, path: path ?? null, extensions: { code } });
}

function masked(error: unknown): GraphQLError {
  const { nodes = null, path = null } = error instanceof GraphQLError ? error : {};
  return new GraphQLError('Internal server error', { nodes, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
