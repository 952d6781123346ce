import { setTimeout as wait } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { DeadlineRedis } from './deadline-redis.ts';
import { RedisAvailability } from './redis-availability.ts';
import { createRefusalLog } from './refusal-log.ts';

/** How long Redis may take to answer a command, in milliseconds. If it takes longer, Redis counts as unavailable. */
const COMMAND_MS = 1000;

/** How long the gateway waits for Redis when it starts, in milliseconds. */
const REACH_MS = 2000;

/** The maximum pause between two attempts to connect, in milliseconds. The first pauses are shorter. */
const LONGEST_RECONNECT_PAUSE_MS = 1000;

/**
 * How long a connection may wait for a reply without receiving any data, in milliseconds. It must be longer than the longest blocking
 * command takes.
 */
const SOCKET_MS = 15_000;

/** How long Redis may take to close its end of a connection, in milliseconds. Then the connection is cut. */
const DISCONNECT_MS = 100;

/** A Redis server, and whether it is available. */
export interface RedisServer {
  /** The connection for most commands. Its commands fail at once while the server is unavailable. */
  readonly client: Redis;
  /** Opens another connection, for blocking commands and subscriptions. Commands on this connection wait until the server is available. */
  readonly connect: () => Redis;
  readonly isUp: () => boolean;
  /**
   * Returns how long the server has been unavailable, in milliseconds. 0 while it is available, infinite if it has never been available.
   */
  readonly awayMs: () => number;
  /** Registers a listener that is called each time the server becomes available, including the first time. */
  readonly onBack: (listener: () => void) => void;
  /** Connects. Resolves when the server is available, or when the time limit for reaching it has expired. */
  readonly reach: () => Promise<void>;
  /** Closes all connections. Resolves when they are closed. */
  readonly close: () => Promise<unknown>;
}

/**
 * Connects to the Redis server at a URL. All keys get the prefix `keyPrefix`. The server counts as unavailable while there is no
 * connection. If it does not answer a command in time, it also counts as unavailable until it answers a ping. Logs when the server becomes
 * unavailable, when it is available again, and when it refuses a command.
 */
export function createRedis(url: URL, keyPrefix: string, log: Logger): RedisServer {
  const redis = `${url.hostname}:${url.port === '' ? '6379' : url.port}`;
  const connections: Redis[] = [];
  const closing = new AbortController();
  const shared: RedisOptions = {
    keyPrefix,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_RECONNECT_PAUSE_MS),
    socketTimeout: SOCKET_MS,
    disconnectTimeout: DISCONNECT_MS,
    lazyConnect: true,
  };
  const client = new DeadlineRedis(
    url.href,
    { ...shared, enableOfflineQueue: false, maxRetriesPerRequest: 1 },
    COMMAND_MS,
    {
      isSilent: () => availability.isSilent,
      onSilent: () => availability.fellSilent(COMMAND_MS),
      onRefusal: createRefusalLog(log, redis),
    },
  );
  const availability = new RedisAvailability({
    log,
    redis,
    isConnected: () => client.status === 'ready',
    ping: () => client.ping(),
    closing: closing.signal,
  });
  client.on('ready', () => availability.connected());
  client.on('close', () => availability.disconnected());

  function register<Connection extends Redis>(connection: Connection): Connection {
    connection.on('error', ({ message }: Error) => availability.connectionFailed(message));
    connections.push(connection);
    return connection;
  }

  return {
    client: register(client),
    connect: () => register(new Redis(url.href, { ...shared, maxRetriesPerRequest: null })),
    isUp: () => availability.isUp,
    awayMs: () => availability.awayMs,
    onBack: (listener) => availability.onBack(listener),
    async reach() {
      await Promise.race([client.connect().catch(() => {}), wait(REACH_MS, undefined, { ref: false })]);
      if (!availability.isUp) availability.disconnected();
    },
    close() {
      closing.abort();
      return Promise.all(connections.map(disconnect));
    },
  };
}

async function disconnect(connection: Redis): Promise<void> {
  const { status } = connection;
  if (status === 'end') return;
  // The function `once` of 'node:events' is not used here, because its promise would reject if writing to the connection fails.
  const ended = new Promise<void>((resolve) => connection.once('end', () => resolve()));
  connection.disconnect();
  // A connection that waits to reconnect has no open socket, so it emits no 'end'. But ioredis keeps a timer of `DISCONNECT_MS` for the old
  // socket, so this function waits for the same time.
  await (status === 'reconnecting' ? wait(DISCONNECT_MS) : ended);
}
