import type { RequestListener } from 'node:http';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import { traceReads } from '../cache/traced-reads.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { createLoopTurns } from '../graphql/pace/loop-turns.ts';
import { createFaultLog } from '../graphql/plugins/fault-log.ts';
import { createPersistedOperations } from '../graphql/plugins/persisted-operations.ts';
import { createGatewaySchema } from '../graphql/schema.ts';
import { createAdmission } from '../http/admission.ts';
import type { LabelClient } from '../http/client-label.ts';
import { compressJson } from '../http/compressed-json.ts';
import { createCompression } from '../http/compression.ts';
import { createCors } from '../http/cors.ts';
import type { BoardFiles } from '../http/plugins/board-files.ts';
import { METRICS_PATH } from '../http/plugins/metrics-page.ts';
import { SCHEMA_PATH } from '../http/plugins/schema-file.ts';
import { receiveRequests } from '../http/receive-requests.ts';
import type { WebSockets } from '../http/web-sockets/web-sockets.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';
import type { AvailabilityData } from './availability-data.ts';
import type { ClientLimits } from './client-limits.ts';
import { createFastPath } from './fast-path.ts';
import { createCaching, MAX_BODY_BYTES, operationLimits, YOGA_OPTIONS } from './graphql-server.ts';
import { listPlugins, type PluginDeps } from './plugins.ts';
import { createRequestContext, type RequestContextDeps, type ServerContext } from './request-context.ts';
import { createSockets } from './sockets.ts';

/** The path of GraphQL requests. */
export const ENDPOINT = '/graphql';

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
   * The handler for HTTP requests that arrive at the server. It checks the headers of each request. If they are valid and there is a valid
   * stored response, it sends this response at once.
   */
  readonly listener: RequestListener;
  readonly webSockets: WebSockets;
  /** Returns the text by which the log names the client of a request. */
  readonly labelClient: LabelClient;
  /** The paths that `handler` answers. */
  readonly routes: readonly string[];
}

/** Creates the GraphQL server, and in front of it the fast path, which answers many requests without Yoga. */
export function createEndpoint(deps: EndpointDeps): Endpoint {
  const { config, data, clients, tracer } = deps;
  const schemaPaths = config.introspection ? [SCHEMA_PATH] : [];
  const routes = ['/', ENDPOINT, '/health', '/ready', METRICS_PATH, ...schemaPaths, ...deps.board.keys()];
  const operations = {
    ...deps,
    ...createCaching(config, config.clientKeys.length > 0, deps.clock),
    schema: createGatewaySchema(),
    persisted: createPersistedOperations(config),
    faults: createFaultLog(deps.log),
    turns: createLoopTurns(),
    compression: createCompression(),
    limits: operationLimits(config),
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
  // `watch` wraps the response before the compression does, so bytes count as written only after they were compressed.
  const prepare: RequestListener = (request, response) => {
    clients.sinks.watch(request, response);
    compressJson(request, response, operations.compression);
  };
  const answerByYoga: RequestListener = (request, response) => {
    prepare(request, response);
    void handler(request, response);
  };
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
    listener: receiveRequests(receiving, finished.before(handler, prepare), answerByYoga),
    webSockets: createSockets({ ...operations, maxPayload: MAX_BODY_BYTES, handler }),
  };
}

function createHandler(deps: PluginDeps & RequestContextDeps): Endpoint['handler'] {
  return createYoga<ServerContext, GraphQLContext>({
    ...YOGA_OPTIONS,
    schema: deps.schema,
    context: createRequestContext(deps),
    logging: deps.faults.logging,
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    plugins: listPlugins(deps),
    cors: createCors(ENDPOINT, deps.config.corsOrigins),
    // The listener already limits the length of bodies. If Yoga limited it as well, Yoga would copy each body through another stream.
    maxRequestBodySize: false,
  });
}
