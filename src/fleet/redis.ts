import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/** How long Redis may take to answer, in milliseconds: longer than this process may be busy with something else. */
export const COMMAND_MS = 5000;

/** How long it is waited for at the start, in milliseconds. */
const REACH_MS = 2000;

/** How soon it is tried again after it could not be reached: later each time, up to this, in milliseconds. */
const LONGEST_RETRY_MS = 1000;

const retryStrategy = (times: number): number => Math.min(times * 100, LONGEST_RETRY_MS);

/** A Redis server, and whether it is there. */
export interface RedisServer {
  /** Fails at once while the server is away. */
  readonly client: Redis;
  /** Another connection, for what waits on the server. Its commands wait until the server is there. */
  readonly connect: () => Redis;
  readonly isUp: () => boolean;
  /** Resolves when it is there, or when it could not be reached in time. */
  readonly reach: () => Promise<void>;
  readonly close: () => void;
}

/** Redis at a URL, whose keys begin with `keyPrefix`. A line of the log tells when it is lost, and one when it is back. */
export function createRedis(url: URL, keyPrefix: string, log: Logger): RedisServer {
  const connections: Redis[] = [];
  const at = `${url.hostname}:${url.port === '' ? '6379' : url.port}`;
  let wasUp = true;

  const open = (options: RedisOptions): Redis => {
    const connection = new Redis(url.href, { keyPrefix, retryStrategy, lazyConnect: true, ...options });
    // That the server is away is told once, below.
    connection.on('error', () => {});
    connections.push(connection);
    return connection;
  };

  const client = open({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS });
  const isUp = () => client.status === 'ready';
  client.on('ready', () => {
    if (!wasUp) log.info({ redis: at }, 'Redis is back: what replicas do is shared again');
    wasUp = true;
  });
  client.on('close', () => {
    if (wasUp) log.warn({ redis: at }, 'Redis is away: this replica goes on alone');
    wasUp = false;
  });

  return {
    client,
    connect: () => open({ maxRetriesPerRequest: null }),
    isUp,
    async reach() {
      let giveUp: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        giveUp = setTimeout(resolve, REACH_MS);
      });
      await Promise.race([client.connect().catch(() => {}), late]);
      clearTimeout(giveUp);
    },
    close() {
      client.removeAllListeners('close');
      for (const connection of connections) connection.disconnect();
    },
  };
}
