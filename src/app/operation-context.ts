import type { CachedCatalog } from '../cache/cached-catalog.ts';
import type { Client } from '../domain/client.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { guardBudget } from '../graphql/cost/guarded-budget.ts';
import type { LoopTurns } from '../graphql/pace/loop-turns.ts';
import { createPace } from '../graphql/pace/pace.ts';
import type { Changes } from '../live/changes.ts';
import { createBudget, type OperationLimits } from '../loaders/budget.ts';
import { createClientDemand } from '../loaders/client-demand.ts';
import { createLoaders } from '../loaders/loaders.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';

/** The dependencies that the contexts of all operations have in common. */
export interface OperationContextDeps {
  /** The catalog through which operations read data. If tracing is on, it traces each read. */
  readonly catalog: CachedCatalog;
  readonly changes: Changes;
  /** Returns the client with this name. The name `null` stands for clients without limits. */
  readonly findClient: (name: string | null) => Client;
  /** The limits of each operation. */
  readonly limits: OperationLimits;
  readonly turns: LoopTurns;
  readonly tracer: Tracer;
  readonly isOverloaded: () => boolean;
}

/** The properties of one operation that depend on the connection over which it arrived. */
export interface IncomingOperation extends Pick<GraphQLContext, 'permit' | 'client' | 'leaving' | 'disconnect'> {
  /** Aborted when nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/** Creates the GraphQL context of one operation. The operation starts with empty loaders and an unused budget. */
export function createOperationContext(
  { catalog, changes, findClient, limits, turns, tracer, isOverloaded }: OperationContextDeps,
  { signal, permit, client, leaving, disconnect }: IncomingOperation,
): GraphQLContext {
  const demand = createClientDemand(signal, () => findClient(client()));
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
    leaving,
    disconnect,
  };
}
