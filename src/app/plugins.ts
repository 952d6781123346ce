import type { GraphQLSchema } from 'graphql';
import type { YogaServerOptions } from 'graphql-yoga';
import type { Config } from '../config.ts';
import type { FinishedResponses } from '../fast-path/finished-responses.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { useArgumentsInLists } from '../graphql/plugins/arguments-in-lists.ts';
import { useChunkedJson } from '../graphql/plugins/chunked-json.ts';
import { useCostForecast } from '../graphql/plugins/cost-forecast.ts';
import { useErrorCount } from '../graphql/plugins/count-errors.ts';
import { useDocumentCache } from '../graphql/plugins/document-cache.ts';
import type { FaultLog } from '../graphql/plugins/fault-log.ts';
import { useIncrementalDelivery } from '../graphql/plugins/incremental-delivery.ts';
import { useNoIntrospection } from '../graphql/plugins/introspection.ts';
import { useLimits } from '../graphql/plugins/limits.ts';
import { useOperationDetails } from '../graphql/plugins/operation-details.ts';
import { useKnownOperationKinds } from '../graphql/plugins/operation-kinds.ts';
import { useOperationSpans } from '../graphql/plugins/operation-spans.ts';
import { useOverloadProtection } from '../graphql/plugins/overload.ts';
import { usePartsWithIds } from '../graphql/plugins/parts-with-ids.ts';
import type { PersistedOperations } from '../graphql/plugins/persisted-operations.ts';
import { useRepresentations } from '../graphql/plugins/representations.ts';
import { useRequestMetrics } from '../graphql/plugins/request-metrics.ts';
import { useRequestParameters } from '../graphql/plugins/request-parameters.ts';
import { useResponseLimit } from '../graphql/plugins/response-limit.ts';
import { useVariables } from '../graphql/plugins/variables.ts';
import { printPublicSchema } from '../graphql/schema.ts';
import type { CacheControl } from '../http/cache-control.ts';
import { mediaRangesIn } from '../http/media-ranges.ts';
import { useAcceptableTypes } from '../http/plugins/acceptable-types.ts';
import { type BoardFiles, useBoardFiles } from '../http/plugins/board-files.ts';
import { useBodyLimit } from '../http/plugins/body-limit.ts';
import { useClientKeys } from '../http/plugins/client-keys.ts';
import { useErrorCodes } from '../http/plugins/error-codes.ts';
import { useGraphiQLPage } from '../http/plugins/graphiql-page.ts';
import { type HttpCacheOptions, useHttpCache } from '../http/plugins/http-cache.ts';
import { useJsonRequests } from '../http/plugins/json-requests.ts';
import { useMetricsPage } from '../http/plugins/metrics-page.ts';
import { useNotFound } from '../http/plugins/not-found.ts';
import { useRateLimit } from '../http/plugins/rate-limit.ts';
import { type Readiness, useReadiness } from '../http/plugins/readiness.ts';
import { useRequestId } from '../http/plugins/request-id.ts';
import { useSchemaFile } from '../http/plugins/schema-file.ts';
import { useSecurityHeaders } from '../http/plugins/security-headers.ts';
import { useNoSingleConnection } from '../http/plugins/single-connection.ts';
import { useStreamedResponses } from '../http/plugins/streamed-responses.ts';
import { useVary } from '../http/plugins/vary.ts';
import type { RequestCounter } from '../http/request-counter.ts';
import { setRequestDetails } from '../http/request-details.ts';
import { partsFormatFor, WITH_IDS } from '../http/stream-formats.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type Tracer, UNTRACED } from '../observability/tracing/tracer.ts';
import type { ServerContext } from './request-context.ts';

/**
 * The interval between two heartbeats of a subscription over multipart, in milliseconds. Heartbeats keep proxies from closing the
 * connection.
 */
const HEARTBEAT_MS = 12_000;

/** What the plugins need. */
export interface PluginDeps extends OperationPluginDeps {
  readonly config: Config;
  readonly endpoint: string;
  /** The paths that the gateway serves. A request for any other path gets status 404. */
  readonly routes: readonly string[];
  readonly maxBodyBytes: number;
  readonly board: BoardFiles;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly requestCounter: RequestCounter;
  readonly readiness: () => Readiness;
}

/** What the plugins of operations need. */
export interface OperationPluginDeps {
  readonly config: Pick<Config, 'introspection'>;
  readonly schema: GraphQLSchema;
  readonly metrics: Pick<Metrics, 'countRefusal' | 'countError'>;
  readonly faults: FaultLog;
  readonly persisted: PersistedOperations;
  /** Stores finished responses, and sends them again when a request is repeated. By default, nothing is stored. */
  readonly finished?: FinishedResponses<GraphQLContext & ServerContext>;
  readonly isOverloaded: () => boolean;
  readonly cacheControl: CacheControl;
  readonly holdingOf: HttpCacheOptions<GraphQLContext>['holdingOf'];
}

type Plugins = NonNullable<YogaServerOptions<ServerContext, GraphQLContext>['plugins']>;

/**
 * Lists the plugins of Yoga. Their order matters: the hooks for requests run in this order, and a hook for a response or a result sees the
 * changes that earlier plugins have made.
 */
export const listPlugins = (deps: PluginDeps): Plugins => [...pluginsOfRequests(deps), ...pluginsOfOperations(deps)];

/** The plugins that check the path, headers and body of requests, and the plugins that serve paths other than the GraphQL endpoint. */
function pluginsOfRequests({
  config,
  endpoint,
  routes,
  maxBodyBytes,
  board,
  metrics,
  tracer,
  requestCounter,
  readiness,
}: PluginDeps): Plugins {
  const credentials = config.clientKeys.length > 0 ? ['Authorization'] : [];
  return [
    tracer !== UNTRACED && useOperationSpans(tracer),
    useRequestId(),
    useSecurityHeaders(),
    useVary({ endpoint, hasCors: config.corsOrigins.length > 0, credentials }),
    useBodyLimit(maxBodyBytes),
    useNotFound(routes),
    useReadiness(readiness),
    useMetricsPage(metrics.print),
    useRequestMetrics({ endpoint, onResponse: metrics.countResponse, onExecuted: metrics.countExecution }),
    useRateLimit(endpoint, requestCounter),
    useBoardFiles(board, endpoint),
    ...(config.introspection ? pluginsOfSchema(endpoint) : []),
    useClientKeys(endpoint, config.clientKeys),
    useNoSingleConnection(endpoint),
    useJsonRequests(endpoint),
  ];
}

/** The plugins that show the schema to people and tools. */
function pluginsOfSchema(endpoint: string): Plugins {
  const sdl = printPublicSchema();
  return [useSchemaFile(sdl), useGraphiQLPage(endpoint, sdl)];
}

/** The plugins that read, check and limit operations, and the plugins that shape the results. */
export function pluginsOfOperations({
  config,
  schema,
  metrics,
  faults,
  persisted,
  finished,
  isOverloaded,
  cacheControl,
  holdingOf,
}: OperationPluginDeps): Plugins {
  return [
    useRequestParameters(),
    useOperationDetails(({ req }: ServerContext, details) => {
      if (req !== undefined) setRequestDetails(req, details);
    }),
    useHttpCache<GraphQLContext>({ holdingOf, cacheControl }),
    !config.introspection && useNoIntrospection(),
    ...persisted.plugins,
    ...useLimits(),
    useKnownOperationKinds(),
    useVariables(),
    useRepresentations(),
    useArgumentsInLists(),
    useResponseLimit(schema),
    useCostForecast(),
    faults.plugin,
    ...useIncrementalDelivery(),
    useOverloadProtection({ isOverloaded, onRefused: metrics.countRefusal }),
    finished?.plugin ?? false,
    usePartsWithIds(({ headers }) => partsFormatFor(mediaRangesIn(headers.get('accept') ?? '')) === WITH_IDS),
    useChunkedJson(),
    useAcceptableTypes(),
    useErrorCodes(),
    useStreamedResponses(HEARTBEAT_MS),
    useDocumentCache(),
    useErrorCount(metrics.countError),
  ];
}
