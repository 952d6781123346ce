import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import { Agent, request } from 'undici';
import { createCachedCatalog } from './cache/cached-catalog.ts';
import type { Config } from './config.ts';
import type { Catalog } from './domain/catalog.ts';
import { InvalidArgumentError, UpstreamError } from './domain/errors.ts';
import type { GraphQLContext } from './graphql/context.ts';
import { maskError } from './graphql/mask-error.ts';
import { createGatewaySchema } from './graphql/schema.ts';
import { createLoaders } from './loaders/loaders.ts';
import { useGraphiQLPage } from './transport/graphiql-page.ts';
import { useHome } from './transport/home.ts';
import { type Recording, readNewestRecording } from './upstream/recorded/recording.ts';
import { createRecordedServer } from './upstream/recorded/server.ts';
import { createRunPodCatalog } from './upstream/runpod-graphql/catalog.ts';
import { createRunPodClient, type Fetch } from './upstream/runpod-graphql/client.ts';
import { createHealthMonitor } from './upstream/runpod-graphql/health.ts';

/** What an app needs. */
export interface AppDeps {
  readonly config: Config;
  readonly log: Logger;
}

/** The gateway without a socket: a handler of HTTP requests, and what stands behind it. */
export interface App {
  readonly handler: YogaServerInstance<object, GraphQLContext>;
  readonly catalog: Catalog;
  /** Answers an operation that asks nothing of the source, so that the first client does not wait for code to load. */
  readonly warmUp: () => Promise<void>;
}

const ENDPOINT = '/graphql';

/** Puts the gateway together: source, cache, loaders, schema, HTTP. */
export function createApp({ config, log }: AppDeps): App {
  const catalog = createCachedCatalog(createUpstream(config.upstream, log), config.cache);
  const handler = createYoga<object, GraphQLContext>({
    schema: createGatewaySchema(),
    context: () => ({ loaders: createLoaders(catalog), upstreamStatus: () => catalog.status() }),
    maskedErrors: { maskError },
    logging: createYogaLog(log),
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    plugins: [useHome(ENDPOINT), useGraphiQLPage(ENDPOINT)],
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
  });
  return {
    handler,
    catalog,
    async warmUp() {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: '{ upstream { source } }' });
      await handler.fetch(`http://warm-up.invalid${ENDPOINT}`, { method: 'POST', headers, body });
    },
  };
}

/** The configured source. The recording is served by a GraphQL server in this process, read by the same client. */
function createUpstream(settings: Config['upstream'], log: Logger): Catalog {
  const recording = settings.source === 'recorded' ? readNewestRecording() : undefined;
  const now = recording === undefined ? Date.now : () => Date.parse(recording.recordedAt);
  const health = createHealthMonitor(now);
  const send = createRunPodClient({
    ...(recording === undefined
      ? { url: settings.url, apiKey: settings.apiKey, fetch: createKeepAliveFetch(settings.concurrency) }
      : { url: RECORDED_URL, apiKey: undefined, fetch: createInProcessFetch(recording) }),
    concurrency: settings.concurrency,
    timeoutMs: settings.timeoutMs,
    onSettled(error) {
      health.settled(error !== undefined);
      if (error !== undefined) log.warn({ code: error.code, err: error }, 'upstream request failed');
    },
  });
  return createRunPodCatalog({
    send,
    now,
    status: () => ({
      source: recording === undefined ? 'RUNPOD_GRAPHQL' : 'RECORDED',
      recordedAt: recording?.recordedAt ?? null,
      ...health.status(),
    }),
    onUnknownStock: (word) => log.warn({ word }, 'unknown stock word, shown as UNKNOWN'),
  });
}

/** Not a place on the network: requests to it are answered in this process. */
const RECORDED_URL = new URL('http://recording.invalid/graphql');

/** A `fetch` over at most `connections` connections that are kept open between requests. It follows no redirects. */
export function createKeepAliveFetch(connections: number): Fetch {
  const dispatcher = new Agent({ connections });
  return async (url, { method, headers, body, signal }) => {
    const response = await request(url, { method, headers, body, signal, dispatcher });
    const status = response.statusCode;
    return { ok: status >= 200 && status < 300, status, text: () => response.body.text() };
  };
}

function createInProcessFetch(recording: Recording): Fetch {
  const server = createRecordedServer(recording);
  return async (url, init) => server.fetch(url, init);
}

/** Mistakes of clients and failures of the upstream, logged where they happened, are no faults of the server. */
function createYogaLog(log: Logger) {
  const describe = (error: unknown) =>
    error instanceof Error && 'originalError' in error ? error.originalError : error;
  return {
    debug: (message: unknown) => log.trace(String(message)),
    info: (message: unknown) => log.info(String(message)),
    warn: (message: unknown) => log.warn(String(message)),
    error(error: unknown) {
      const cause = describe(error);
      const expected = cause instanceof InvalidArgumentError || cause instanceof UpstreamError;
      if (!expected) log.error({ err: cause }, 'request failed by a fault of the gateway');
    },
  };
}
