import type { RequestListener } from 'node:http';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import { traceReads } from '../cache/traced-reads.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import { createLoopTurns } from '../graphql/pace/loop-turns.ts';
import { createFaultLog } from '../graphql/plugins/fault-log.ts';
import { createPersistedOperations, DOCUMENT_ID } from '../graphql/plugins/persisted-operations.ts';
import { createGatewaySchema } from '../graphql/schema.ts';
import { createAdmission } from '../http/admission.ts';
import { createCacheControl } from '../http/cache-control.ts';
import type { LabelClient } from '../http/client-label.ts';
import { createCors } from '../http/cors.ts';
import type { BoardFiles } from '../http/plugins/board-files.ts';
import { SCHEMA_PATH } from '../http/plugins/schema-file.ts';
import { receiveRequests } from '../http/receive-requests.ts';
import type { WebSockets } from '../http/web-sockets/web-sockets.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { AvailabilityData } from './availability-data.ts';
import type { ClientLimits } from './client-limits.ts';
import { createFastPath } from './fast-path.ts';
import { listPlugins, type PluginDeps } from './plugins.ts';
import { createRequestContext, type RequestContextDeps, type ServerContext } from './request-context.ts';
import { createSockets } from './sockets.ts';

/** The path of GraphQL requests. */
export const ENDPOINT = '/graphql';

/** The maximum length of a request body, in bytes. A request for a thousand entities fits into it. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * The maximum number of rows in the response to one operation: thirty times the number of cells at RunPod. Without a limit, an operation
 * could block the event loop for a long time, because each row takes some microseconds.
 */
const MAX_ROWS = 50_000;

/** What `createEndpoint` needs. */
export interface EndpointDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly board: BoardFiles;
  readonly data: AvailabilityData;
  readonly clients: ClientLimits;
  readonly isOverloaded: () => boolean;
  /** Aborted when the gateway stops. */
  readonly stopping: AbortSignal;
}

/** The parts of the gateway that answer clients. */
export interface Endpoint {
  readonly handler: YogaServerInstance<ServerContext, GraphQLContext>;
  /**
   * The handler for HTTP requests that arrive at the server. It checks the headers of each request. If there is a finished response for the
   * request, it sends this response at once.
   */
  readonly listener: RequestListener;
  readonly webSockets: WebSockets;
  /** Names the client of a request in the log. */
  readonly labelClient: LabelClient;
  /** The paths that `handler` answers. */
  readonly routes: readonly string[];
}

/** Creates the GraphQL server, with the fast path in front of it. */
export function createEndpoint(deps: EndpointDeps): Endpoint {
  const { config, data, clients, tracer } = deps;
  const schemaPaths = config.introspection ? [SCHEMA_PATH] : [];
  const routes = ['/', ENDPOINT, '/health', '/ready', '/metrics', ...schemaPaths, ...deps.board.keys()];
  const operations = {
    ...deps,
    ...createCaching(deps),
    schema: createGatewaySchema(),
    persisted: createPersistedOperations(config),
    faults: createFaultLog(deps.log),
    turns: createLoopTurns(),
    limits: {
      maxUpstreamRequests: config.maxUpstreamPerOperation,
      maxRows: MAX_ROWS,
      maxBytes: config.maxAnswerBytes,
    },
    endpoint: ENDPOINT,
    routes,
    maxBodyBytes: MAX_BODY_BYTES,
  };
  const finished = createFastPath(operations);
  const handler = createHandler({
    ...operations,
    finished,
    requestCounter: clients.requestCounter,
    readiness: () => (deps.stopping.aborted ? 'draining' : data.catalog.readiness()),
    catalog: traceReads(data.read, tracer),
    changes: data.changes,
  });
  const watched = clients.sinks.watch(handler);
  const receiving = {
    endpoint: ENDPOINT,
    maxBodyBytes: MAX_BODY_BYTES,
    admit: createAdmission(config.clientKeys),
    countRequest: clients.requestCounter.count,
    tracer,
  };
  return {
    handler,
    labelClient: clients.labelClient,
    routes,
    listener: receiveRequests(receiving, finished.before(watched), watched),
    webSockets: createSockets({ ...operations, maxPayload: MAX_BODY_BYTES, handler }),
  };
}

/** Creates the functions that decide how long the gateway, clients and proxies may cache a response. */
function createCaching({ config, clock }: EndpointDeps) {
  return {
    holdingOf: ({ loaders }: GraphQLContext) => loaders.validity.sum(),
    cacheControl: createCacheControl({
      now: clock.now,
      longestMs: config.cache.freshMs,
      isPrivate: config.clientKeys.length > 0,
    }),
  };
}

function createHandler(deps: PluginDeps & RequestContextDeps): Endpoint['handler'] {
  return createYoga<ServerContext, GraphQLContext>({
    schema: deps.schema,
    context: createRequestContext(deps),
    maskedErrors: { maskError },
    logging: deps.faults.logging,
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    plugins: listPlugins(deps),
    // `useDocumentCache` replaces Yoga's own cache, which limits the number of documents, but not their length.
    parserAndValidationCache: false,
    graphiql: false,
    landingPage: false,
    cors: createCors(ENDPOINT, deps.config.corsOrigins),
    extraParamNames: [DOCUMENT_ID],
    multipart: false,
    // The listener already limits the length of bodies. If Yoga limited it as well, Yoga would copy each body through another stream.
    maxRequestBodySize: false,
  });
}
