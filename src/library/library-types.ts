// The public types of the library. The build publishes this file as dist/library.d.ts, so it must not import anything except graphql.
import type { GraphQLResolveInfo } from 'graphql';

/** The options of `createGpuAvailability`. An omitted option has its default value. */
export interface GpuAvailabilityOptions {
  /**
   * The source of the data: `graphql` for RunPod's GraphQL API, `rest` for its REST API (which requires a key), `auto` for both APIs, or
   * `recorded` for a recording in this package, which needs no network. Default: `auto` with a key, `recorded` without a key.
   */
  readonly upstream?: 'recorded' | 'graphql' | 'rest' | 'auto' | undefined;
  /** The key for RunPod's APIs. */
  readonly runpodApiKey?: string | undefined;
  /** The URL of RunPod's GraphQL API. */
  readonly runpodGraphqlUrl?: string | URL | undefined;
  /** The URL of RunPod's REST API. */
  readonly runpodRestUrl?: string | URL | undefined;
  /**
   * The maximum number of requests to RunPod at the same time. With `redisUrl`, the limit applies to all processes together. Default: 3.
   */
  readonly upstreamConcurrency?: number | undefined;
  /** The time limit of one request to RunPod, in milliseconds. Default: 10000. */
  readonly upstreamTimeoutMs?: number | undefined;
  /** The maximum number of retries of a request to RunPod after temporary failures. Default: 2. */
  readonly upstreamRetries?: number | undefined;
  /** The maximum number of requests to RunPod that wait to be sent. Further requests fail at once. Default: 500. */
  readonly upstreamQueueLimit?: number | undefined;
  /** How long RunPod's answer about stock and prices stays fresh, in seconds. Default: 60. */
  readonly freshSeconds?: number | undefined;
  /**
   * The age at which an answer about stock and prices is no longer served, in seconds. Before that, an answer that is not fresh any more is
   * marked as stale, and is served while no newer answer is available. Default: 3600.
   */
  readonly staleSeconds?: number | undefined;
  /** The age at which the lists of GPU types and data centers are refreshed, in seconds. Default: 900. */
  readonly discoverySeconds?: number | undefined;
  /**
   * When answers are refreshed. `on-demand`: when a client requests an answer that is no longer fresh. `background`: before an answer
   * becomes stale, until 15 minutes after the last request for it. Default: `on-demand`.
   */
  readonly refresh?: 'on-demand' | 'background' | undefined;
  /** The URL of a Redis server. Processes that use the same Redis share cached answers, the limit of requests to RunPod, and events. */
  readonly redisUrl?: string | URL | undefined;
  /** The maximum number of requests to RunPod that one operation may cause. Default: 200. */
  readonly maxUpstreamPerOperation?: number | undefined;
  /** The maximum number of requests to RunPod that one client may cause in a minute. 0 means no limit. Default: 100. */
  readonly clientUpstreamPerMinute?: number | undefined;
  /** The maximum size of the response to one operation, in bytes. Default: 20000000. */
  readonly maxAnswerBytes?: number | undefined;
  /** The maximum number of open subscriptions. Default: 10000. */
  readonly maxSubscriptions?: number | undefined;
  /** The maximum number of open subscriptions of one client. Default: 100. */
  readonly maxSubscriptionsPerClient?: number | undefined;
  /** Whether `fetch` answers introspection queries. Default: true. */
  readonly introspection?: boolean | undefined;
  /** Whether `fetch` refuses all operations except persisted ones. Default: false. */
  readonly persistedOnly?: boolean | undefined;
  /** The path at which `fetch` answers. It must be URL-encoded: `/gr%C3%A4ph`, not `/gräph`. Default: `/graphql`. */
  readonly path?: string | undefined;
  /**
   * The logger, for example a pino logger. API keys are removed from all lines, and errors of the logger are ignored. Default: warnings and
   * errors go to the console.
   */
  readonly logger?: GpuAvailabilityLogger | undefined;
}

/** A logger. Each log line has fields and a message. */
export interface GpuAvailabilityLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The client of an operation. */
export interface OperationClient {
  /**
   * The name of the client, such as the id of a user or an IP address. Requests to RunPod count against the limits of this client. IPv6
   * addresses with the same first 64 bits are one client. All operations without a name share the limits of one client.
   */
  readonly client?: string | null | undefined;
}

/** The client of an operation that the host program executes, and a signal that is aborted when nobody waits for the result any more. */
export interface OperationCaller extends OperationClient {
  /** Aborted when nobody waits for the result any more. After that, the gateway sends no more requests to RunPod for this operation. */
  readonly signal?: AbortSignal | undefined;
}

/** The part of the GraphQL context that the gateway's resolvers need. `createContext` creates it. */
export interface GpuAvailabilityContext {
  readonly gpuAvailability: object;
}

/** Resolves one field. The GraphQL context must contain a `GpuAvailabilityContext`. */
export type GpuAvailabilityFieldResolver = (
  parent: unknown,
  args: Record<string, unknown>,
  context: unknown,
  info: GraphQLResolveInfo,
) => unknown;

/** The resolver of a field of the GraphQL type `Subscription`. */
export interface GpuAvailabilitySubscriptionResolver {
  readonly subscribe: GpuAvailabilityFieldResolver;
  readonly resolve: GpuAvailabilityFieldResolver;
}

/** Resolvers, by type name and then by field name. */
export interface GpuAvailabilityResolvers {
  readonly [typeName: string]: {
    readonly [fieldName: string]: GpuAvailabilityFieldResolver | GpuAvailabilitySubscriptionResolver;
  };
}

/** The gateway as a library. It reports the availability of GPUs at RunPod inside another program, the host. */
export interface GpuAvailability {
  /** Answers a GraphQL request over HTTP, as the gateway does at /graphql. Only the client's own cache may store the response. */
  readonly fetch: (request: Request, operation?: OperationClient) => Promise<Response>;
  /**
   * The SDL of the gateway's GraphQL types, for the schema of the host program. Types such as `Query` can be merged with the host's types.
   */
  readonly typeDefs: string;
  /** The resolvers for the types in `typeDefs`. */
  readonly resolvers: GpuAvailabilityResolvers;
  /** Creates the part of the GraphQL context that the resolvers need. Call this once for each operation. */
  readonly createContext: (operation?: OperationCaller) => GpuAvailabilityContext;
  /**
   * Stops all work, completes the subscriptions, and closes the connections to RunPod and Redis. Operations that still wait for RunPod
   * fail. Resolves when everything is closed. After the call, `fetch` rejects and `createContext` throws.
   */
  readonly dispose: () => Promise<void>;
}

/**
 * Creates the gateway for use inside another program. Sends no request to RunPod before the first operation. Throws an error that names
 * every invalid option. Several instances in one process share nothing.
 */
export declare function createGpuAvailability(options?: GpuAvailabilityOptions): GpuAvailability;
