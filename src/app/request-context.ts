import type { ServerResponse } from 'node:http';
import type { YogaInitialContext } from 'graphql-yoga';
import type { CachedCatalog } from '../cache/cached-catalog.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { guardBudget } from '../graphql/cost/guarded-budget.ts';
import type { LoopTurns } from '../graphql/pace/loop-turns.ts';
import { createPace } from '../graphql/pace/pace.ts';
import type { OperationConnection } from '../http/web-sockets/socket-state.ts';
import type { Changes } from '../live/changes.ts';
import { createBudget, type OperationLimits } from '../loaders/budget.ts';
import { createClientDemand } from '../loaders/client-demand.ts';
import { createLoaders } from '../loaders/loaders.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { ClientLimits } from './client-limits.ts';

/** The client connection of a request. All fields are missing if the request comes from within this process. */
export interface ServerContext extends Partial<OperationConnection> {
  readonly res?: ServerResponse;
}

/** What `createRequestContext` needs. */
export interface RequestContextDeps {
  /** The catalog for reads by clients. With tracing, each of its reads is traced. */
  readonly catalog: CachedCatalog;
  readonly changes: Changes;
  readonly clients: Pick<ClientLimits, 'identify' | 'findClient' | 'openPermit'>;
  /** The limits of each operation. */
  readonly limits: OperationLimits;
  readonly turns: LoopTurns;
  readonly tracer: Tracer;
  readonly isOverloaded: () => boolean;
}

/** Returns a function that creates the context of one operation. */
export function createRequestContext({
  catalog,
  changes,
  clients: { identify, findClient, openPermit },
  limits,
  turns,
  tracer,
  isOverloaded,
}: RequestContextDeps): (initial: YogaInitialContext & ServerContext) => GraphQLContext {
  return ({ request, req, res, signal, disconnect = () => req?.destroy(), permit = openPermit(req, res) }) => {
    const client = () => (req === undefined ? null : identify(request.headers.get('authorization'), req));
    const demand = createClientDemand(request.signal, () => findClient(client()));
    const budget = guardBudget(createBudget(limits), permit, isOverloaded);
    return {
      permit,
      loaders: createLoaders(catalog, demand, budget, tracer),
      tracer,
      pace: createPace(turns, permit),
      upstreamStatus: catalog.status,
      costOf: catalog.costOf,
      changes,
      client,
      payers: () => demand.clients,
      leaving: () => signal ?? (res === undefined ? request.signal : closingOf(res)),
      disconnect,
    };
  };
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
