import type { ServerResponse } from 'node:http';
import type { YogaInitialContext } from 'graphql-yoga';
import type { GraphQLContext } from '../graphql/context.ts';
import type { OperationConnection } from '../http/web-sockets/socket-state.ts';
import type { ClientLimits } from './client-limits.ts';
import { createOperationContext, type OperationContextDeps } from './operation-context.ts';

/** The client connection of a request. All fields are missing if the request comes from within this process. */
export interface ServerContext extends Partial<OperationConnection> {
  readonly res?: ServerResponse;
}

/** What `createRequestContext` needs. */
export interface RequestContextDeps extends Omit<OperationContextDeps, 'findClient'> {
  readonly clients: Pick<ClientLimits, 'identify' | 'findClient' | 'openPermit'>;
}

/** Returns a function that creates the context of one operation. */
export function createRequestContext({
  clients: { identify, findClient, openPermit },
  ...shared
}: RequestContextDeps): (initial: YogaInitialContext & ServerContext) => GraphQLContext {
  const deps = { ...shared, findClient };
  return ({ request, req, res, signal, disconnect = () => req?.destroy(), permit = openPermit(req, res) }) =>
    createOperationContext(deps, {
      signal: request.signal,
      permit,
      client: () => (req === undefined ? null : identify(request.headers.get('authorization'), req)),
      leaving: () => signal ?? (res === undefined ? request.signal : closingOf(res)),
      disconnect,
    });
}

/**
 * Returns a signal that is aborted when the response has ended or its connection has closed. After that, the client reads no more of the
 * response.
 */
function closingOf(response: ServerResponse): AbortSignal {
  const closing = new AbortController();
  if (response.closed) closing.abort();
  else response.once('close', () => closing.abort());
  return closing.signal;
}
