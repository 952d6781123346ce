import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import { createCachedCatalog } from './cache/cached-catalog.ts';
import { recordDemand } from './cache/record-demand.ts';
import { traceReads } from './cache/traced-reads.ts';
import type { Config } from './config.ts';
import type { Demand, UpstreamStatus } from './domain/catalog.ts';
import { type Clock, SYSTEM_CLOCK } from './domain/clock.ts';
import { createReadyAnswers } from './fast-path/finished-responses.ts';
import { createAnswersFromMemory } from './fast-path/known-operations.ts';
import { createFleetOfOne, type Fleet } from './fleet/fleet.ts';
import { answerAvailability } from './graphql/availability/answer-availability.ts';
import type { GraphQLContext } from './graphql/context.ts';
import { maskError } from './graphql/mask-error.ts';
import { createLoopTurns, createPace } from './graphql/pace.ts';
import { type Permit, UNBOUNDED } from './graphql/permit.ts';
import { useAnswerInPieces } from './graphql/plugins/answer-in-pieces.ts';
import { useAnswerLimit } from './graphql/plugins/answer-limit.ts';
import { frugal, useAnswerRoom } from './graphql/plugins/answer-room.ts';
import { useArgumentsInLists } from './graphql/plugins/arguments-in-lists.ts';
import { useForecast } from './graphql/plugins/cost-forecast.ts';
import { createFaultLog } from './graphql/plugins/fault-log.ts';
import { useIncrementalDelivery } from './graphql/plugins/incremental-delivery.ts';
import { useNoIntrospection } from './graphql/plugins/introspection.ts';
import { useKeptDocuments } from './graphql/plugins/kept-documents.ts';
import { useLimits } from './graphql/plugins/limits.ts';
import { useKnownOperationKinds } from './graphql/plugins/operation-kinds.ts';
import { useOperationSpans } from './graphql/plugins/operation-span.ts';
import { usePartsWithIds } from './graphql/plugins/parts-format.ts';
import { createPersistedOperations, DOCUMENT_ID } from './graphql/plugins/persisted-operations.ts';
import { useRepresentations } from './graphql/plugins/representations.ts';
import { useRequestParameters } from './graphql/plugins/request-parameters.ts';
import { useVariables } from './graphql/plugins/variable-values.ts';
import { useYogaMetrics } from './graphql/plugins/yoga-metrics.ts';
import { createGatewaySchema, printPublicSchema } from './graphql/schema.ts';
import { createAdmission } from './http/admission.ts';
import { createAnswerRoom } from './http/answer-room.ts';
import { createCacheControl } from './http/cache-control.ts';
import { createClientIdentity } from './http/client-identity.ts';
import { createCors } from './http/cors.ts';
import { mediaRangesIn } from './http/media-ranges.ts';
import { useAcceptableTypes } from './http/plugins/acceptable-types.ts';
import { type BoardFiles, readBoard, useBoard } from './http/plugins/board-files.ts';
import { useBodyLimit } from './http/plugins/body-limit.ts';
import { useClientKeys } from './http/plugins/client-keys.ts';
import { useGraphiQLPage } from './http/plugins/graphiql-page.ts';
import { useHttpCache } from './http/plugins/http-cache.ts';
import { useJsonRequests } from './http/plugins/json-requests.ts';
import { useKnownPaths } from './http/plugins/known-paths.ts';
import { createRateLimit, createRequestCount, useRateLimit } from './http/plugins/rate-limit.ts';
import { useReadiness } from './http/plugins/readiness.ts';
import { SCHEMA_PATH, useSchemaFile } from './http/plugins/schema-file.ts';
import { useRequestId, useSecurityHeaders } from './http/plugins/security-headers.ts';
import { useNoSingleConnection } from './http/plugins/single-connection.ts';
import { useStreamedAnswers } from './http/plugins/streamed-answers.ts';
import { useVary } from './http/plugins/vary.ts';
import { receiveRequests } from './http/receive-requests.ts';
import { onceEnded } from './http/request-end.ts';
import { createResponseOutlets } from './http/response-outlets.ts';
import { partsFormatFor, WITH_IDS } from './http/stream-formats.ts';
import { createUnreadBytes } from './http/unread-bytes.ts';
import { type AnswerConnection, createWebSockets, type WebSockets } from './http/web-sockets.ts';
import { createChanges } from './live/changes.ts';
import { createRefreshDemand } from './live/refresh-demand.ts';
import { Refresher } from './live/refresher.ts';
import { createBudget } from './loaders/budget.ts';
import { createClientDemand } from './loaders/client-demand.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createMemory } from './loaders/memory.ts';
import type { BackgroundWork } from './observability/background-counters.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { type Tracer, UNTRACED } from './observability/tracing/tracer.ts';
import { createSource } from './source.ts';
import { type Recording, readNewestRecording } from './upstream/recorded/recording.ts';
import { createClients } from './upstream/request/clients.ts';
import { keepReady } from './warm-up.ts';

/** What an app needs. */
export interface AppDeps {
  readonly config: Config;
  readonly log: Logger;
  /** What replicas share; a gateway is alone unless told otherwise. */
  readonly fleet?: Fleet;
  /** What time it is; this process and its machine unless given. */
  readonly clock?: Clock;
  /** The recording that is served when no live source is configured; the newest, unless told otherwise. */
  readonly readRecording?: () => Recording;
  /** The files of the board; those that were built, unless told otherwise. */
  readonly board?: BoardFiles;
  /** Where spans go; without one there are none. */
  readonly tracer?: Tracer | undefined;
  /** Whether the event loop lags; it does not unless told otherwise. */
  readonly isOverloaded?: () => boolean;
}

/** The gateway without a socket: a handler of HTTP requests, and what stands behind it. */
export interface App {
  readonly handler: YogaServerInstance<ServerContext, GraphQLContext>;
  /** The same for requests of a socket: it judges them by their headers, and gives ready answers at once. */
  readonly listener: RequestListener;
  readonly webSockets: WebSockets;
  readonly upstreamStatus: () => UpstreamStatus;
  readonly metrics: Metrics;
  /** Answers an operation that asks nothing of the source, so that the first client does not wait for code to load. */
  readonly loadEngine: () => Promise<void>;
  /** Fetches what the default question needs, and again whenever the gateway is not ready, until `stop` is called. */
  readonly keepReady: () => Promise<void>;
  /** Keeps what is wanted from growing old, until `stop` is called. */
  readonly keepFresh: () => Promise<void>;
  /** Ends the above, completes subscriptions, and says on `/ready` that the gateway is going. */
  readonly stop: () => void;
}

/** The connection that a request came over, when it came over one. */
interface ServerContext extends Partial<AnswerConnection> {
  readonly res?: ServerResponse;
}

const ENDPOINT = '/graphql';

/** Where the board is built, seen from the source and from what is built of it. */
const BOARD = new URL('../dist/board/', import.meta.url);

/** Room for an operation with a thousand representations. */
const MAX_BODY_BYTES = 1_000_000;

/** Thirty times the whole matrix of RunPod; a row costs up to some microseconds of everybody's time. */
const MAX_ROWS = 50_000;

/** How often a subscription over multipart sends a sign of life, so that proxies keep its connection open. */
const HEARTBEAT_MS = 12_000;

/** The warm-up shows nothing to anybody. */
const NO_SIZE = { fixed: 0, row: 0, failure: 0 };

/** Puts the gateway together: source, cache, loaders, schema, HTTP. */
export function createApp({
  config,
  log,
  fleet = createFleetOfOne(),
  clock = SYSTEM_CLOCK,
  readRecording = readNewestRecording,
  board = readBoard(BOARD),
  tracer = UNTRACED,
  isOverloaded = () => false,
}: AppDeps): App {
  const { now } = clock;
  const metrics = createMetrics();
  const stopping = new AbortController();
  const source = createSource({
    config,
    log,
    fleet,
    clock,
    readRecording,
    onAttempt: metrics.countAttempt,
    onPricedWithoutStock: metrics.countPricedWithoutStock,
    tracer,
  });
  const { lifetimes } = source;
  /** Nobody waits for background work, so a fault in it is reported here, and the work is tried again. */
  const onFaultOf = (work: BackgroundWork) => (error: unknown) => {
    metrics.countFault(work);
    log.error({ err: error, work }, 'work in the background failed by a fault of the gateway, and is tried again');
  };
  const onFault = onFaultOf('renewal');
  const changes = createChanges({
    trackChanges: (tell) => fleet.trackChanges(now, tell, onFaultOf('changes')),
    maxSubscriptions: config.maxSubscriptions,
    maxSubscriptionsPerClient: config.maxSubscriptionsPerClient,
    maxKeysPerClient: config.maxUpstreamPerOperation,
    onChange: metrics.countChange,
    onSubscribe: () => refresher.wake(),
  });
  const catalog = createCachedCatalog(source.catalog, {
    store: fleet.store,
    leases: fleet.leases,
    lifetimes,
    clock,
    onRead(result, reads) {
      metrics.countRead(result, reads);
      tracer.count(`gateway.cache.${result}`, reads);
    },
    onObserved: changes.observed,
    onObservedElsewhere: changes.observedElsewhere,
    onDoubt: (gpuCount) =>
      log.warn(
        { gpuCount },
        'RunPod reports everything sold out at once; it is believed when the next answer does too',
      ),
    onSupplemented: metrics.countSupplemented,
    stopping: stopping.signal,
    onFault,
  });
  const refreshDemand = createRefreshDemand(changes.wishes, now);
  const { freshMs } = lifetimes;
  const { concurrency } = config.upstream;
  const refresher = new Refresher({ catalog, refreshDemand, freshMs, concurrency, now, onFault });
  metrics.watch({
    line: source.line,
    apis: source.apis,
    countCells: catalog.countCells,
    changes,
    refresher,
    unreadBytes: () => unread.total(),
    largeOperations: () => ({ held: room.held(), waiting: room.waiting() }),
    isTogether: fleet.isTogether,
    unfitValues: fleet.unfitValues,
    now,
  });
  const asked = config.refreshInBackground ? recordDemand(catalog, refreshDemand) : catalog;
  const traced = traceReads(asked, tracer);
  const limits = {
    maxUpstreamRequests: config.maxUpstreamPerOperation,
    maxRows: MAX_ROWS,
    maxBytes: config.maxAnswerBytes,
  };
  const faults = createFaultLog(log);
  const identify = createClientIdentity({
    trustedProxies: config.trustedProxies,
    keys: config.clientKeys,
    ipv6Prefix: config.ipv6Prefix,
  });
  const findClient = createClients({
    // The recording costs RunPod nothing.
    perMinute: config.upstream.source === 'recorded' ? 0 : config.clientUpstreamPerMinute,
    now: () => performance.now(),
    onRefused: metrics.countClientRefusal,
  });
  const { rateLimitPerMinute } = config;
  const countOfClient = createRateLimit(rateLimitPerMinute, fleet.createRateLimiter(rateLimitPerMinute));
  const requestCount = createRequestCount(identify, countOfClient, rateLimitPerMinute);
  const unread = createUnreadBytes({
    maxBytes: config.maxUnreadBytes,
    maxBytesPerClient: config.maxUnreadBytesPerClient,
    now: () => performance.now(),
    onCut: metrics.countCut,
  });
  const outlets = createResponseOutlets(identify, unread);
  const room = createAnswerRoom({
    unread,
    maxBytes: config.maxUnreadBytes,
    maxBytesPerClient: config.maxUnreadBytesPerClient,
    maxAnswerBytes: config.maxAnswerBytes,
    isOverloaded,
    now: () => performance.now(),
    onRefused: metrics.countRefusal,
  });
  const holdingOf = ({ loaders }: GraphQLContext) => loaders.validity.sum();
  const cacheControl = createCacheControl({
    now,
    longestMs: config.cache.freshMs,
    isPrivate: config.clientKeys.length > 0,
  });
  const schema = createGatewaySchema();
  const schemaPaths = config.introspection ? [SCHEMA_PATH] : [];
  const turns = createLoopTurns();
  const persisted = createPersistedOperations(config);
  // What is run from memory has no spans, and any operation may be.
  const runsFromMemory = tracer === UNTRACED && !config.persistedOnly;
  const ready = createReadyAnswers<GraphQLContext & ServerContext>({
    now,
    version: catalog.version,
    holdingOf,
    cacheControl,
    memory: runsFromMemory
      ? createAnswersFromMemory({
          schema,
          textOf: persisted.textOf,
          memory: createMemory(asked),
          limits,
          freshMs,
          listsFreshUntil: catalog.listsFreshUntil,
        })
      : null,
    mayMakeLarge: room.mayMakeLarge,
    mostFor: (request) => room.mostFor(() => outlets.clientOf(request)),
    quotaLinesOf: requestCount.linesOf,
    onWritten: outlets.written,
    onAnswer: metrics.countAnswer,
  });
  /** The permit of an operation that came over a connection. Without a connection nothing can be left unread. */
  function openPermit(req: IncomingMessage | undefined, res: ServerResponse | undefined): Permit {
    if (req === undefined || res === undefined) return UNBOUNDED;
    const permit = room.open(
      () => outlets.clientOf(req),
      () => req.socket.destroy(),
    );
    outlets.whenWritten(res, () => {
      permit.written();
      return permit.writesAhead();
    });
    onceEnded(req, res, permit.close);
    // Its end was reported before.
    if (req.socket.destroyed) permit.close();
    return permit;
  }
  const handler = createYoga<ServerContext, GraphQLContext>({
    schema,
    context({ request, req, res, signal, disconnect = () => req?.destroy(), permit = openPermit(req, res) }) {
      const client = () => (req === undefined ? null : identify(request, req));
      const demand = createClientDemand(request.signal, () => findClient(client()));
      const budget = frugal(createBudget(limits), permit, isOverloaded);
      return {
        permit,
        loaders: createLoaders(traced, demand, budget, tracer),
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
    },
    maskedErrors: { maskError },
    logging: faults.logging,
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    plugins: [
      tracer !== UNTRACED && useOperationSpans(tracer),
      useRequestId(),
      useSecurityHeaders(),
      useVary({
        endpoint: ENDPOINT,
        hasCors: config.corsOrigins.length > 0,
        hasClientKeys: config.clientKeys.length > 0,
      }),
      useBodyLimit(MAX_BODY_BYTES),
      useKnownPaths(['/', ENDPOINT, '/health', '/ready', '/metrics', ...schemaPaths, ...board.keys()]),
      useReadiness(() => (stopping.signal.aborted ? 'draining' : catalog.readiness())),
      useYogaMetrics(metrics.registry, metrics.durations),
      useRateLimit(ENDPOINT, requestCount),
      useBoard(board, ENDPOINT),
      config.introspection && useSchemaFile(printPublicSchema()),
      config.introspection && useGraphiQLPage(ENDPOINT),
      useClientKeys(ENDPOINT, config.clientKeys),
      useNoSingleConnection(ENDPOINT),
      useJsonRequests(ENDPOINT),
      useRequestParameters(),
      useHttpCache<GraphQLContext>({ holdingOf, cacheControl }),
      !config.introspection && useNoIntrospection(),
      ...persisted.plugins,
      ...useLimits(),
      useKnownOperationKinds(),
      useVariables(),
      useRepresentations(),
      useArgumentsInLists(),
      useAnswerLimit(schema),
      useForecast(),
      faults.plugin,
      ...useIncrementalDelivery(),
      useAnswerRoom({ isOverloaded, onRefused: metrics.countRefusal }),
      ready.plugin,
      usePartsWithIds(({ headers }) => partsFormatFor(mediaRangesIn(headers.get('accept') ?? '')) === WITH_IDS),
      useAnswerInPieces(),
      useAcceptableTypes(),
      useStreamedAnswers(HEARTBEAT_MS),
      useKeptDocuments(),
    ],
    // It is bounded by the number of documents, whatever their length.
    parserAndValidationCache: false,
    graphiql: false,
    landingPage: false,
    cors: createCors(ENDPOINT, config.corsOrigins),
    extraParamNames: [DOCUMENT_ID],
    multipart: false,
    // The listener reads bodies and limits them. Yoga would send each body through a stream of its own.
    maxRequestBodySize: false,
  });
  const webSockets = createWebSockets({
    endpoint: ENDPOINT,
    allowedOrigins: config.corsOrigins,
    keys: config.clientKeys,
    identify,
    rateLimit: async (client) => (await countOfClient(client))?.refusal ?? null,
    maxConnections: config.maxSubscriptions,
    maxConnectionsPerClient: config.maxSubscriptionsPerClient,
    maxPayload: MAX_BODY_BYTES,
    async answer(params, request, connection) {
      try {
        // Nothing when the client has left.
        return (await handler.getResultForParams({ params, request }, { ...connection })) ?? {};
      } catch (error) {
        faults.logging.error(error);
        return { errors: [maskError(error)] };
      }
    },
    unread,
    openPermit: room.open,
    log,
  });
  const watched = outlets.watch(handler);
  return {
    handler,
    listener: receiveRequests(
      {
        endpoint: ENDPOINT,
        maxBodyBytes: MAX_BODY_BYTES,
        admit: createAdmission(config.clientKeys),
        countRequest: requestCount.count,
        tracer,
      },
      ready.before(watched),
      watched,
    ),
    webSockets,
    upstreamStatus: catalog.status,
    metrics,
    async loadEngine() {
      const headers = { 'content-type': 'application/json' };
      // The question is read and judged like any other, and then not asked.
      const query = '{ upstream { source } gpuAvailability(gpuType: "L4") @skip(if: true) { nodes { stock } } }';
      const body = JSON.stringify({ query });
      await handler.fetch(`http://warm-up.invalid${ENDPOINT}`, { method: 'POST', headers, body });
    },
    keepReady() {
      const most = Number.POSITIVE_INFINITY;
      const unlimited = { maxUpstreamRequests: most, maxRows: most, maxBytes: most };
      const ask = async (demand: Demand) => {
        const loaders = createLoaders(catalog, demand, createBudget(unlimited));
        return answerAvailability(
          { loaders, tracer: UNTRACED, pace: createPace(turns, UNBOUNDED) },
          { gpuCount: 1 },
          () => NO_SIZE,
        );
      };
      const isReady = () => catalog.readiness() === 'ready';
      return keepReady({ ask, isReady, onFault: onFaultOf('warm_up'), signal: stopping.signal });
    },
    keepFresh: () => refresher.run(stopping.signal),
    stop() {
      stopping.abort();
      changes.stop();
    },
  };
}

/** Aborted when the response has ended or its connection has closed: what answers over it is then wanted no more. */
function closingOf(response: ServerResponse): AbortSignal {
  const closing = new AbortController();
  if (response.closed) closing.abort();
  else response.once('close', () => closing.abort());
  return closing.signal;
}
