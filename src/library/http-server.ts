import { createYoga, type YogaServerOptions } from 'graphql-yoga';
import type { Logger } from 'pino';
import { createCaching, MAX_BODY_BYTES, YOGA_OPTIONS } from '../app/graphql-server.ts';
import { pluginsOfOperations } from '../app/plugins.ts';
import type { ServerContext } from '../app/request-context.ts';
import type { Clock } from '../domain/clock.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { createFaultLog } from '../graphql/plugins/fault-log.ts';
import { createPersistedOperations } from '../graphql/plugins/persisted-operations.ts';
import { createGatewaySchema } from '../graphql/schema.ts';
import { useJsonRequests } from '../http/plugins/json-requests.ts';
import { useNotFound } from '../http/plugins/not-found.ts';
import { useRequestId } from '../http/plugins/request-id.ts';
import { useSecurityHeaders } from '../http/plugins/security-headers.ts';
import { useNoSingleConnection } from '../http/plugins/single-connection.ts';
import { useVary } from '../http/plugins/vary.ts';
import type { GpuAvailability, OperationClient } from './library-types.ts';
import type { Operations } from './operations.ts';
import type { LibrarySettings } from './settings.ts';

/** What `createHttpServer` needs. */
export interface HttpServerDeps extends Omit<LibrarySettings, 'logger'> {
  readonly log: Logger;
  readonly clock: Clock;
  readonly operations: Pick<Operations, 'open'>;
  /** Resolves when the server is ready to answer requests. */
  readonly started: Promise<void>;
}

/** Answers GraphQL requests over HTTP. */
export interface HttpServer extends Pick<GpuAvailability, 'fetch'> {
  readonly dispose: () => Promise<void>;
}

type Plugins = NonNullable<YogaServerOptions<ServerContext & OperationClient, GraphQLContext>['plugins']>;

/**
 * Creates the server, with the gateway's checks and limits for operations. The host program itself is responsible for clients and their
 * connections: keys of clients, CORS, compression, and limits on the number of requests and on unread responses.
 */
export function createHttpServer({ config, path, log, clock, operations, started }: HttpServerDeps): HttpServer {
  const faults = createFaultLog(log);
  const persisted = createPersistedOperations(config);
  const schema = createGatewaySchema();
  const yoga = createYoga<ServerContext & OperationClient, GraphQLContext>({
    ...YOGA_OPTIONS,
    schema,
    context: ({ request, client }) => operations.open({ client, signal: request.signal }),
    logging: faults.logging,
    graphqlEndpoint: path,
    cors: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    // Some host programs, such as Next, accept a response only if it is an instance of the global class `Response`.
    fetchAPI: { Response },
    plugins: [
      ...pluginsOfRequests(path),
      ...pluginsOfOperations({
        config,
        schema,
        faults,
        persisted,
        metrics: { countRefusal() {}, countError() {} },
        isOverloaded: () => false,
        // `isPrivate` is `true`: proxies must not store responses, because only the host program knows which clients may see them.
        ...createCaching(config, true, clock),
      }),
    ],
  });
  return {
    async fetch(request, operation = {}) {
      await started;
      return yoga.fetch(request, { client: operation.client });
    },
    dispose: async () => yoga.dispose(),
  };
}

/** The plugins that check the path, headers and body of requests. */
const pluginsOfRequests = (path: string): Plugins => [
  useRequestId(),
  useSecurityHeaders(),
  useVary({ endpoint: path, hasCors: false, credentials: ['Authorization', 'Cookie'] }),
  useNotFound([path]),
  useNoSingleConnection(path),
  useJsonRequests(path),
];
