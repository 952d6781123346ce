import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../config.ts';
import type { Client } from '../domain/client.ts';
import { type Permit, UNBOUNDED } from '../domain/permit.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { createClientIdentity, type Identify } from '../http/client-identity.ts';
import { createClientLabel, type LabelClient } from '../http/client-label.ts';
import { createRateLimit, type RateLimit } from '../http/rate-limit.ts';
import { createRequestCounter, type RequestCounter } from '../http/request-counter.ts';
import { onceEnded } from '../http/request-end.ts';
import { createResponseMemory, type ResponseMemory } from '../http/response-memory/response-memory.ts';
import { createUnreadBytes, type UnreadBytes } from '../http/response-memory/unread-bytes.ts';
import { createResponseSinks, type ResponseSinks } from '../http/response-sinks.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createClients, type FindClient } from '../upstream/request/clients.ts';

/** What `createClientLimits` needs. */
export interface ClientLimitsDeps {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  /** Returns whether the event loop lags. */
  readonly isOverloaded: () => boolean;
}

/** The limits of each client: for its requests, for the requests to RunPod that it causes, and for the memory of its responses. */
export interface ClientLimits {
  /** Returns the name of the client that sent a request. Returns `null` for a client without limits. */
  readonly identify: Identify;
  /** Returns the short text by which the log names the client that sent a request. */
  readonly labelClient: LabelClient;
  /** Returns the client with this name. The client object contains the client's budget of requests to RunPod. */
  readonly findClient: (name: string | null) => Client;
  readonly rateLimit: RateLimit;
  readonly requestCounter: RequestCounter;
  readonly unread: UnreadBytes;
  readonly sinks: ResponseSinks;
  readonly responseMemory: ResponseMemory;
  /**
   * Returns the permit of an operation over HTTP. An operation needs its permit to create a large response, because the memory for large
   * responses is limited. An operation without a client connection gets a permit without limits, because no client can leave its response
   * unread.
   */
  readonly openPermit: (request: IncomingMessage | undefined, response: ServerResponse | undefined) => Permit;
}

/** Creates the limits of clients from the configuration. */
export function createClientLimits({ config, fleet, metrics, isOverloaded }: ClientLimitsDeps): ClientLimits {
  const { rateLimitPerMinute, maxUnreadBytes: maxBytes, maxUnreadBytesPerClient: maxBytesPerClient } = config;
  const now = () => performance.now();
  const { trustedProxies, clientKeys: keys, ipv6Prefix } = config;
  const identity = { trustedProxies, keys, ipv6Prefix };
  const identify = createClientIdentity(identity);
  const findClient = createFindClient(config, now, metrics.countClientRefusal);
  const rateLimit = createRateLimit(rateLimitPerMinute, fleet.createRateLimiter(rateLimitPerMinute));
  const unread = createUnreadBytes({ maxBytes, maxBytesPerClient, now, onCut: metrics.countCut });
  const sinks = createResponseSinks(identify, unread);
  const responseMemory = createResponseMemory({
    unread,
    maxBytes,
    maxBytesPerClient,
    maxAnswerBytes: config.maxAnswerBytes,
    isOverloaded,
    now,
    onRefused: metrics.countRefusal,
  });
  return {
    identify,
    labelClient: createClientLabel(identity),
    findClient,
    rateLimit,
    requestCounter: createRequestCounter(identify, rateLimit, rateLimitPerMinute),
    unread,
    sinks,
    responseMemory,
    openPermit: (request, response) =>
      request === undefined || response === undefined
        ? UNBOUNDED
        : openPermit(responseMemory, sinks, request, response),
  };
}

/**
 * Creates a function that finds a client, with its budget of requests to RunPod, by the client's name. `now` returns monotonic
 * milliseconds. `onRefused` is called when a budget is spent.
 */
export const createFindClient = (config: Config, now: () => number, onRefused: () => void): FindClient =>
  createClients({
    // 0 means no limit. A gateway that answers from a recording sends no requests to RunPod, so its clients need no limit.
    perMinute: config.upstream.source === 'recorded' ? 0 : config.clientUpstreamPerMinute,
    now,
    onRefused,
  });

function openPermit(
  responseMemory: ResponseMemory,
  sinks: ResponseSinks,
  request: IncomingMessage,
  response: ServerResponse,
): Permit {
  const permit = responseMemory.openPermit(
    () => sinks.clientOf(request),
    () => request.socket.destroy(),
  );
  sinks.whenWritten(response, () => {
    permit.written();
    return permit.writesAhead();
  });
  onceEnded(request, response, permit.close);
  // If the connection is already closed, `onceEnded` never calls `permit.close`. So the permit is closed here.
  if (request.socket.destroyed) permit.close();
  return permit;
}
