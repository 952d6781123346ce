import type { Logger } from 'pino';
import type { Lifetimes } from './cache/lifetimes.ts';
import type { Config } from './config.ts';
import type { SourceCatalog } from './domain/catalog.ts';
import type { Clock } from './domain/clock.ts';
import { type UpstreamError, UpstreamNotAttemptedError } from './domain/errors.ts';
import type { UpstreamSource } from './domain/observation.ts';
import type { Fleet } from './fleet/fleet.ts';
import { type Tracer, UNTRACED } from './observability/tracing/tracer.ts';
import { createAutomaticCatalog } from './upstream/automatic.ts';
import { createHealthMonitor, type RequestResult } from './upstream/health.ts';
import type { Recording } from './upstream/recorded/recording.ts';
import { createRecordedServer } from './upstream/recorded/server.ts';
import type { Circuit } from './upstream/request/circuit.ts';
import { excerpt } from './upstream/request/excerpt.ts';
import { createKeepAliveFetch, type Fetch } from './upstream/request/http.ts';
import type { Lane } from './upstream/request/lane.ts';
import { createRequestQueue, type RequestQueue } from './upstream/request/request-queue.ts';
import type { AttemptReport } from './upstream/request/source-request.ts';
import { traceFetch } from './upstream/request/traced-fetch.ts';
import { createRunPodCatalog, GPU_TYPES } from './upstream/runpod-graphql/catalog.ts';
import { createRunPodClient } from './upstream/runpod-graphql/client.ts';
import { createRestCatalog, DATA_CENTERS } from './upstream/runpod-rest/catalog.ts';
import { createRestClient } from './upstream/runpod-rest/client.ts';
import { createQuota, type Limit } from './upstream/runpod-rest/quota.ts';

/** Dependencies of `createSource`. */
export interface SourceDeps {
  readonly config: Config;
  readonly log: Logger;
  /** The slots for requests to RunPod, and the pauses after RunPod has refused requests. All replicas of the gateway share them. */
  readonly fleet: Pick<Fleet, 'inSlot' | 'shareRefusals'>;
  readonly clock: Clock;
  /** Reads the recording that is served when no live source is configured. */
  readonly readRecording: () => Recording;
  /** Called at the end of each attempt to send a request. */
  readonly onAttempt: (source: UpstreamSource, report: AttemptReport) => void;
  /** Called for each cell for which RunPod quotes a price but reports no stock. */
  readonly onPricedWithoutStock: () => void;
  /** Sends requests to RunPod. Default: uses a few connections that are kept open. */
  readonly fetch?: Fetch;
  readonly tracer?: Tracer;
  /** Aborted when the gateway sends no more requests. Default: never. */
  readonly closing?: AbortSignal | undefined;
}

/**
 * The configured source of availability data, and what is needed to use it: how long its answers stay valid, the queue of its requests, and
 * its APIs.
 */
export interface Source {
  readonly catalog: SourceCatalog;
  readonly lifetimes: Lifetimes;
  readonly requestQueue: RequestQueue;
  /** The APIs in use: one or two APIs of RunPod, or the API of the recording. */
  readonly apis: readonly Api[];
  /** Closes the connections to RunPod. Resolves when they are closed. */
  readonly close: () => Promise<void>;
}

/** An API that the gateway sends requests to. */
export interface Api {
  readonly source: UpstreamSource;
  readonly circuit: () => Circuit['state'];
  /** Returns how long requests to the API are still paused, in milliseconds; 0 if they are not paused. */
  readonly pausedMs: () => number;
  /** Returns RunPod's rate limits for the API, each with the number of requests that are left. Empty if RunPod does not report any. */
  readonly limits: () => readonly Limit[];
}

/**
 * Creates the configured source. A recording is served by a GraphQL server in this process, and read with the same client as RunPod's
 * GraphQL API.
 */
export function createSource(deps: SourceDeps): Source {
  const { closing } = deps;
  const { upstream, cache } = deps.config;
  const requestQueue = createRequestQueue({
    concurrency: upstream.concurrency,
    inSlot: deps.fleet.inSlot,
    limit: upstream.queueLimit,
    closing,
    whenFull: (operation) => new UpstreamNotAttemptedError(operation, 'too many requests are waiting already'),
  });
  const keepAlive = createKeepAliveFetch(upstream.concurrency);
  const shared = { requestQueue, close: keepAlive.close };
  const only = ({ catalog, api }: Connection, lifetimes: Lifetimes): Source => ({
    ...shared,
    catalog,
    lifetimes,
    apis: [api],
  });
  if (upstream.source === 'recorded') {
    const lifetimes = { freshMs: NEVER, staleMs: NEVER, discoveryMs: NEVER };
    return only(connectRecording(deps, requestQueue.createLane()), lifetimes);
  }
  const { fetch: send = keepAlive, tracer = UNTRACED } = deps;
  const fetch = traceFetch(send, tracer);
  if (upstream.source === 'graphql') return only(connectGraphQL(deps, requestQueue.createLane(), fetch), cache);
  const rest = connectRest(deps, requestQueue.createLane(), fetch);
  if (upstream.source === 'rest') return only(rest, cache);
  const graphql = connectGraphQL(deps, requestQueue.createLane(), fetch);
  const catalog = createAutomaticCatalog({
    rest: rest.catalog,
    isRestDown: () => rest.api.circuit() !== 'closed',
    graphql: graphql.catalog,
    isGone: graphql.isGone,
    now: deps.clock.now,
  });
  return { ...shared, catalog, lifetimes: cache, apis: [rest.api, graphql.api] };
}

/** The lifetime of an answer from a recording, which never becomes stale. */
const NEVER = Number.POSITIVE_INFINITY;

/** A placeholder URL: requests to it are answered in this process. */
const RECORDED_URL = new URL('http://recording.invalid/graphql');

interface Connection {
  readonly catalog: SourceCatalog;
  readonly api: Api;
}

interface GraphQLConnection extends Connection {
  /** Whether the API has been retired permanently. */
  readonly isGone: () => boolean;
}

function connectRecording(deps: SourceDeps, lane: Lane): Connection {
  const recording = deps.readRecording();
  // All answers count as observed at the time when the recording was made.
  const clock = { ...deps.clock, wallNow: () => Date.parse(recording.recordedAt) };
  return connectGraphQLAt(
    { ...deps, clock },
    { source: 'RECORDED', url: RECORDED_URL, apiKey: undefined, fetch: createInProcessFetch(recording), lane },
    recording.recordedAt,
  );
}

function connectGraphQL(deps: SourceDeps, lane: Lane, fetch: Fetch): GraphQLConnection {
  const { url, apiKey } = deps.config.upstream;
  return connectGraphQLAt(deps, { source: 'RUNPOD_GRAPHQL', url, apiKey, fetch, lane }, null);
}

interface GraphQLEndpoint {
  readonly source: UpstreamSource;
  readonly url: URL;
  readonly apiKey: string | undefined;
  readonly fetch: Fetch;
  readonly lane: Lane;
}

function connectGraphQLAt(deps: SourceDeps, endpoint: GraphQLEndpoint, recordedAt: string | null): GraphQLConnection {
  const { source, lane } = endpoint;
  const { options, status } = createAttemptOptions(deps, source, lane, () => client.circuit);
  const client = createRunPodClient({ ...options, ...endpoint, probe: GPU_TYPES });
  const catalog = createRunPodCatalog({
    send: client.send,
    source,
    status: () => ({ ...status(), recordedAt }),
    // The server that plays back a recording uses an unknown word for the stock level of pod sizes that were not recorded. So unknown words
    // are not logged if the source is a recording.
    onUnknownStock: recordedAt === null ? logOnce(deps.log) : () => {},
    onPricedWithoutStock: deps.onPricedWithoutStock,
  });
  const api = { source, circuit: () => client.circuit, pausedMs: lane.pausedMs, limits: () => [] };
  return { catalog, api, isGone: () => client.isGone };
}

function connectRest(deps: SourceDeps, lane: Lane, fetch: Fetch): Connection {
  const { restUrl, apiKey } = deps.config.upstream;
  const source = 'RUNPOD_REST';
  const { options, status } = createAttemptOptions(deps, source, lane, () => client.circuit);
  const quota = createQuota(lane, deps.clock.now);
  const client = createRestClient({ ...options, url: restUrl, apiKey, fetch, quota, probe: DATA_CENTERS });
  const catalog = createRestCatalog({
    get: client.get,
    now: deps.clock.now,
    status: () => ({ ...status(), recordedAt: null }),
    onUnknownStock: logOnce(deps.log),
  });
  return { catalog, api: { source, circuit: () => client.circuit, pausedMs: lane.pausedMs, limits: quota.left } };
}

/**
 * Creates the options for the client of an API, and a function that returns the status of the API. The status is derived from the outcomes
 * of the client's attempts.
 */
function createAttemptOptions(
  { config, log, clock, fleet, onAttempt, tracer = UNTRACED }: SourceDeps,
  source: UpstreamSource,
  lane: Lane,
  circuit: () => Circuit['state'],
) {
  const { timeoutMs, retries } = config.upstream;
  const health = createHealthMonitor(clock, () => circuit() !== 'closed');
  const options = {
    lane,
    clock,
    shareRefusals: fleet.shareRefusals(source),
    timeoutMs,
    retries,
    // With `auto`, the REST API can replace the GraphQL API, so a retired GraphQL API is no longer used. In all other cases, a retired API
    // is still tried, because it may come back.
    endsWhenGone: config.upstream.source === 'auto' && source === 'RUNPOD_GRAPHQL',
    tracer,
    onAttempt(report: AttemptReport) {
      // An attempt that was aborted to make way for another request says nothing about the health of the source, so it is not counted.
      if (report.outcome !== 'YIELDED') health.settled(report.subject, toResult(report));
      if (report.error !== null) logFailure(log, source, report, report.error);
      tracer.note({ 'gateway.upstream.source': source, 'gateway.upstream.outcome': report.outcome });
      onAttempt(source, report);
    },
  };
  const status = () => {
    const api = { source, ...health.status() };
    return { ...api, sources: [api] };
  };
  return { options, status };
}

function toResult({ outcome }: AttemptReport): RequestResult {
  if (outcome === 'COMPLETE') return 'complete';
  return outcome === 'INCOMPLETE' ? 'incomplete' : 'failed';
}

function logFailure(
  log: Logger,
  source: UpstreamSource,
  { subject, outcome, durationMs }: AttemptReport,
  error: UpstreamError,
): void {
  const reason = error.message;
  log.warn(
    { source, subject, code: outcome, durationMs, reason, cause: describe(error.cause) },
    'upstream attempt failed',
  );
}

/**
 * Returns a description of an error's cause, of at most 500 characters. The cause is an error of a library, or content that RunPod sent.
 */
function describe(cause: unknown): string | undefined {
  const text = cause instanceof Error ? cause.message : JSON.stringify(cause);
  return text === undefined ? undefined : excerpt(text, 500);
}

/**
 * Creates a function that logs each unknown word for a stock level only once, because the same word may occur many times. It logs at most
 * 100 words, because RunPod could invent new words without end.
 */
function logOnce(log: Logger): (word: string) => void {
  const words = new Set<string>();
  return (word) => {
    if (words.has(word) || words.size >= 100) return;
    words.add(word);
    log.warn({ word: excerpt(word, 100) }, 'unknown stock word, shown as UNKNOWN');
  };
}

function createInProcessFetch(recording: Recording): Fetch {
  const server = createRecordedServer(recording);
  return async (url, init) => {
    const response = await server.fetch(url, init);
    const { status, headers } = response;
    return { status, headers, text: () => response.text(), discard: async () => response.body?.cancel() };
  };
}
