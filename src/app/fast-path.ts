import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { FinishedResponses, type FinishedResponsesOptions } from '../fast-path/finished-responses.ts';
import { createKnownOperations, type KnownOperations } from '../fast-path/known-operations.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import type { PersistedOperations } from '../graphql/plugins/persisted-operations.ts';
import type { OperationLimits } from '../loaders/budget.ts';
import { areCurrent } from '../loaders/memory.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type Tracer, UNTRACED } from '../observability/tracing/tracer.ts';
import type { AvailabilityData } from './availability-data.ts';
import type { ClientLimits } from './client-limits.ts';
import type { ServerContext } from './request-context.ts';

type Context = GraphQLContext & ServerContext;

/** What `createFastPath` needs. */
export interface FastPathDeps
  extends Pick<FinishedResponsesOptions<Context>, 'holdingOf' | 'cacheControl' | 'compression'> {
  readonly config: Config;
  readonly clock: Clock;
  readonly data: AvailabilityData;
  readonly clients: ClientLimits;
  readonly schema: GraphQLSchema;
  readonly persisted: PersistedOperations;
  readonly limits: OperationLimits;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/**
 * Creates the fast path, which answers requests without Yoga if possible. It answers repeated requests with stored responses. It also
 * executes operations that Yoga has executed before, if all of their data is fresh and in memory.
 */
export function createFastPath(deps: FastPathDeps): FinishedResponses<Context> {
  const { responseMemory, sinks, requestCounter } = deps.clients;
  const { catalog } = deps.data;
  return new FinishedResponses<Context>({
    now: deps.clock.now,
    version: catalog.version,
    areCurrent: (sources) => areCurrent(sources, catalog),
    holdingOf: deps.holdingOf,
    cacheControl: deps.cacheControl,
    knownOperations: createOperations(deps),
    mayMakeLarge: responseMemory.mayMakeLarge,
    maxBytesFor: (request) => responseMemory.maxBytesFor(() => sinks.clientOf(request)),
    quotaLinesOf: requestCounter.linesOf,
    compression: deps.compression,
    onWritten: sinks.written,
    onAnswer: deps.metrics.countAnswer,
  });
}

/**
 * Creates the store of operations that can be executed without Yoga. Returns `null` with tracing, because the fast path records no spans.
 * Also returns `null` with `PERSISTED_ONLY`, because the fast path does not check whether an operation is persisted.
 */
function createOperations({
  config,
  data: { source, catalog, read },
  schema,
  persisted,
  limits,
  tracer,
}: FastPathDeps): KnownOperations | null {
  if (tracer !== UNTRACED || config.persistedOnly) return null;
  return createKnownOperations({
    schema,
    textOf: persisted.textOf,
    catalog: read,
    limits,
    freshMs: source.lifetimes.freshMs,
    listsFreshUntil: catalog.listsFreshUntil,
  });
}
