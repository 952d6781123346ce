// The public types of the library. The build publishes this file as dist/library.d.ts, so it imports only graphql.
import type { GraphQLResolveInfo } from 'graphql';

/** The options of `createGpuAvailability`. An option without a value has its default. */
export interface GpuAvailabilityOptions {
  /**
   * Where the answers come from: RunPod's GraphQL API, its REST API (which requires a key), `auto` for both, or `recorded` for a recording
   * in this package, which needs no network. Default: `auto` with a key, `recorded` without a key.
   */
  readonly upstream?: 'recorded' | 'graphql' | 'rest' | 'auto' | undefined;
  /** The key for RunPod's APIs. */
  readonly runpodApiKey?: string | undefined;
  /** The URL of RunPod's GraphQL API. */
  readonly runpodGraphqlUrl?: string | URL | undefined;
  /** The URL of RunPod's REST API. */
  readonly runpodRestUrl?: string | URL | undefined;
  /** The maximum number of requests to RunPod at the same time. With `redisUrl`, it applies to all processes together. Default: 3. */
  readonly upstreamConcurrency?: number | undefined;
  /** The time limit of one request to RunPod, in milliseconds. Default: 10000. */
  readonly upstreamTimeoutMs?: number | undefined;
  /** How often a request to RunPod is repeated after a temporary failure. Default: 2. */
  readonly upstreamRetries?: number | undefined;
  /** The maximum number of requests that wait for a slot. Further requests fail at once. Default: 500. */
  readonly upstreamQueueLimit?: number | undefined;
  /** How long an answer is fresh, in seconds. Default: 60. */
  readonly freshSeconds?: number | undefined;
  /** The age up to which an older answer is served, marked as stale, while no newer answer can be had, in seconds. Default: 3600. */
  readonly staleSeconds?: number | undefined;
  /** How long the lists of GPU types and data centers are kept, in seconds. Default: 900. */
  readonly discoverySeconds?: number | undefined;
  /**
   * When answers are refreshed: `on-demand` when a client requests them, or `background` before they become stale, as long as a client
   * requested them in the last 15 minutes. Default: `on-demand`.
   */
  readonly refresh?: 'on-demand' | 'background' | undefined;
  /** The URL of a Redis server that several processes share: its cache, its limit of requests to RunPod, and its events. */
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
  /** Whether `fetch` answers introspection. Default: true. */
  readonly introspection?: boolean | undefined;
  /** Whether `fetch` runs only persisted operations. Default: false. */
  readonly persistedOnly?: boolean | undefined;
  /** The path at which `fetch` answers, in the form of a URL: `/gr%C3%A4ph`, not `/gräph`. Default: `/graphql`. */
  readonly path?: string | undefined;
  /**
   * Receives log lines, for example a pino logger. Keys are removed from all lines, and errors of the logger are ignored. Default: warnings
   * and errors go to the console.
   */
  readonly logger?: GpuAvailabilityLogger | undefined;
}

/** Receives log lines. Each line has fields and a message. */
export interface GpuAvailabilityLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The client of an operation. */
export interface OperationClient {
  /**
   * The name of the client whose budget pays for requests to RunPod, such as the id of a user or an IP address. IPv6 addresses with the
   * same first 64 bits are one client. All operations without a name share the limits of one client.
   */
  readonly client?: string | null | undefined;
}

/** The client of an operation that the host executes, and when this client has left. */
export interface OperationCaller extends OperationClient {
  /** Aborted when nobody waits for the result any more. After that, no more requests to RunPod are sent for this operation. */
  readonly signal?: AbortSignal | undefined;
}

/** The part of the context that the resolvers need. */
export interface GpuAvailabilityContext {
  readonly gpuAvailability: object;
}

/** Resolves one field. The context must contain a `GpuAvailabilityContext`. */
export type GpuAvailabilityFieldResolver = (
  parent: unknown,
  args: Record<string, unknown>,
  context: unknown,
  info: GraphQLResolveInfo,
) => unknown;

/** The resolver of a field of type `Subscription`. */
export interface GpuAvailabilitySubscriptionResolver {
  readonly subscribe: GpuAvailabilityFieldResolver;
  readonly resolve: GpuAvailabilityFieldResolver;
}

/** Resolvers by the name of the type, then by the name of the field. */
export interface GpuAvailabilityResolvers {
  readonly [typeName: string]: {
    readonly [fieldName: string]: GpuAvailabilityFieldResolver | GpuAvailabilitySubscriptionResolver;
  };
}

/** The availability of GPUs at RunPod, inside another program. */
export interface GpuAvailability {
  /** Answers a GraphQL request over HTTP, as the gateway does at /graphql. Only the client's own cache may store the response. */
  readonly fetch: (request: Request, operation?: OperationClient) => Promise<Response>;
  /** The types as SDL, for a schema of the host. Types such as `Query` can be merged with types of the host. */
  readonly typeDefs: string;
  /** The resolvers of `typeDefs`. */
  readonly resolvers: GpuAvailabilityResolvers;
  /** Creates the part of the context that the resolvers need. Each operation needs a new one. */
  readonly createContext: (operation?: OperationCaller) => GpuAvailabilityContext;
  /**
   * Stops all work, completes the subscriptions, and closes the connections to RunPod and Redis. Operations that still wait for RunPod fail.
   * Resolves when everything is closed. After the call, `fetch` rejects and `createContext` throws.
   */
  readonly dispose: () => Promise<void>;
}

/**
 * Creates the availability of GPUs at RunPod for use inside another program. It sends no request to RunPod before the first operation.
 * Throws an error that names every invalid option. Several instances in one process share nothing.
 */
export declare function createGpuAvailability(options?: GpuAvailabilityOptions): GpuAvailability;
