import type { YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { maskError } from '../graphql/mask-error.ts';
import type { FaultLog } from '../graphql/plugins/fault-log.ts';
import { createWebSockets, type WebSockets } from '../http/web-sockets/web-sockets.ts';
import type { ClientLimits } from './client-limits.ts';
import type { ServerContext } from './request-context.ts';

/** What `createSockets` needs. */
export interface SocketsDeps {
  readonly config: Config;
  readonly endpoint: string;
  /** The maximum length of a WebSocket message, in bytes. */
  readonly maxPayload: number;
  readonly handler: YogaServerInstance<ServerContext, GraphQLContext>;
  readonly clients: ClientLimits;
  readonly faults: FaultLog;
  readonly log: Logger;
}

/** Creates the WebSocket endpoint. Its operations are executed by the same handler as operations over HTTP. */
export function createSockets({
  config,
  endpoint,
  maxPayload,
  handler,
  clients: { identify, rateLimit, unread, responseMemory },
  faults,
  log,
}: SocketsDeps): WebSockets {
  return createWebSockets({
    endpoint,
    allowedOrigins: config.corsOrigins,
    keys: config.clientKeys,
    identify,
    rateLimit: async (client) => (await rateLimit(client))?.refusal ?? null,
    maxConnections: config.maxSubscriptions,
    maxConnectionsPerClient: config.maxSubscriptionsPerClient,
    maxPayload,
    async answer(params, request, connection) {
      try {
        // Yoga returns no result if the client has disconnected.
        return (await handler.getResultForParams({ params, request }, { ...connection })) ?? {};
      } catch (error) {
        faults.logging.error(error);
        return { errors: [maskError(error)] };
      }
    },
    unread,
    openPermit: responseMemory.openPermit,
    log,
  });
}
