import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/** How long Redis may take to answer a command, in milliseconds. After that it counts as unavailable. */
const COMMAND_MS = 1000;

/** How long the start of the gateway waits for Redis, in milliseconds. */
const REACH_MS = 2000;

/**
 * The longest pause before Redis is tried again, in milliseconds. Reconnecting starts sooner; a silent server is pinged twice as
 * often.
 */
const RETRY_MS = 1000;

/** How long a connection may receive nothing while it waits for a reply, in milliseconds. Longer than any command blocks. */
const SOCKET_MS = 15_000;

/** The most kinds of refusals that are logged. */
const MAX_REFUSALS = 20;

/** A Redis server, and whether it is available. */
export interface RedisServer {
  /** Commands of this connection fail at once while the server is unavailable. */
  readonly client: Redis;
  /** Opens another connection, for blocking commands and subscriptions. Its commands wait until the server is available. */
  readonly connect: () => Redis;
  readonly isUp: () => boolean;
  /** How long the server has been unavailable, in milliseconds: 0 while it is available, infinite if it never was. */
  readonly awayMs: () => number;
  /** Registers a listener that is called each time the server is available again. */
  readonly onBack: (listener: () => void) => void;
  /** Resolves when the server is available, or could not be reached in time. */
  readonly reach: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Connects to the Redis server at a URL. All keys get the prefix `keyPrefix`. The server counts as unavailable when there is no
 * connection, and from a command that it does not answer in time until it answers a ping. Logs when the server becomes unavailable,
 * when it is available again, and what it refuses.
 */
export function createRedis(url: URL, keyPrefix: string, log: Logger): RedisServer {
  const connections: Redis[] = [];
  const redis = `${url.hostname}:${url.port === '' ? '6379' : url.port}`;
  const refusals = new Set<string>();
  let isSilent = false;
  let isTold = false;
  let awaySince: number | null = Number.NEGATIVE_INFINITY;
  const listeners: (() => void)[] = [];
  const closing = new AbortController();
  let reason: string | undefined;

  const open = (options: RedisOptions): Redis => {
    const connection = new Redis(url.href, {
      keyPrefix,
      retryStrategy: (times) => Math.min(times * 100, RETRY_MS),
      socketTimeout: SOCKET_MS,
      lazyConnect: true,
      ...options,
    });
    connection.on('error', (error: Error) => {
      reason = error.message;
    });
    connections.push(connection);
    return connection;
  };

  const client = open({ enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const isUp = () => client.status === 'ready' && !isSilent;

  function tellAway(): void {
    awaySince ??= performance.now();
    if (isTold || closing.signal.aborted) return;
    isTold = true;
    log.warn(
      { redis, reason },
      'Redis is unavailable: this replica continues without sharing answers, limits and events',
    );
  }

  function tellBack(): void {
    if (!isUp()) return;
    awaySince = null;
    if (!isTold) return;
    isTold = false;
    log.info({ redis }, 'Redis is available again: replicas share answers, limits and events');
    for (const listener of listeners) listener();
  }

  /** Logs each kind of refusal once, such as a write when Redis is full. The gateway continues without the refused command. */
  function tellRefusal({ message }: Error): void {
    const kind = message.split(' ', 1)[0] ?? '';
    // ioredis then sends the script itself.
    if (kind === 'NOSCRIPT') return;
    if (refusals.has(kind) || refusals.size >= MAX_REFUSALS) return;
    refusals.add(kind);
    log.warn(
      { redis, reason: message },
      'Redis refuses a command: replicas do not share everything; check its memory and the permissions of its user',
    );
  }

  function fallSilent(): void {
    if (isSilent) return;
    isSilent = true;
    awaySince ??= performance.now() - COMMAND_MS;
    reason = `no answer within ${COMMAND_MS} ms`;
    tellAway();
    void listen();
  }

  /** Pings the server until it answers. */
  async function listen(): Promise<void> {
    while (isSilent && !closing.signal.aborted) {
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MS / 2).unref();
      });
      isSilent =
        client.status === 'ready' &&
        !(await client.ping().then(
          () => true,
          () => false,
        ));
    }
    tellBack();
  }

  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    // While the connection is being set up, the client itself sends commands.
    if (client.status !== 'ready') return send(command, stream);
    if (isSilent && command.name !== 'ping') {
      command.reject(new Error('Redis does not answer'));
      return command.promise;
    }
    const late = setTimeout(() => {
      // The answer may already be here, if this process was too busy to read it.
      setImmediate(() => {
        setImmediate(() => {
          if (isAnswered) return;
          fallSilent();
          command.reject(new Error('Redis does not answer'));
        });
      });
    }, COMMAND_MS);
    let isAnswered = false;
    const stop = () => {
      isAnswered = true;
      clearTimeout(late);
    };
    command.promise.then(stop, (error: Error) => {
      stop();
      if (error.name === 'ReplyError') tellRefusal(error);
    });
    return send(command, stream);
  };
  client.on('ready', tellBack);
  client.on('close', tellAway);

  return {
    client,
    connect: () => open({ maxRetriesPerRequest: null }),
    isUp,
    awayMs: () => (awaySince === null ? 0 : performance.now() - awaySince),
    onBack: (listener) => void listeners.push(listener),
    async reach() {
      let giveUp: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        giveUp = setTimeout(resolve, REACH_MS);
      });
      await Promise.race([client.connect().catch(() => {}), late]);
      clearTimeout(giveUp);
      if (!isUp()) tellAway();
    },
    close() {
      closing.abort();
      for (const connection of connections) connection.disconnect();
    },
  };
}
