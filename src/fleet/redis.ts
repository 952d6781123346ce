import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/** How long Redis may take to answer, in milliseconds; after that it counts as away. */
const COMMAND_MS = 1000;

/** How long it is waited for at the start, in milliseconds. */
const REACH_MS = 2000;

/** How soon it is tried again after it could not be reached, later each time up to this, or did not answer, in milliseconds. */
const RETRY_MS = 1000;

/** How long nothing may come over a connection that waits for something, in milliseconds: longer than any command blocks. */
const SOCKET_MS = 15_000;

/** Kinds of refusals that are logged. */
const MAX_REFUSALS = 20;

/** A Redis server, and whether it is there. */
export interface RedisServer {
  /** Fails at once while the server is away. */
  readonly client: Redis;
  /** Another connection, for what waits on the server. Its commands wait until the server is there. */
  readonly connect: () => Redis;
  readonly isUp: () => boolean;
  /** How long it has been away, in milliseconds: 0 while it is there, infinite when it never was. */
  readonly awayMs: () => number;
  /** Calls `listener` each time when it is there again. */
  readonly onBack: (listener: () => void) => void;
  /** Resolves when it is there, or when it could not be reached in time. */
  readonly reach: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Redis at a URL, whose keys begin with `keyPrefix`. It is away when there is no connection, and when it does not answer a command
 * in time, until it answers a ping. A line of the log tells when it goes away, and one when it is back; another what it refuses.
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
    log.warn({ redis, reason }, 'Redis is away: this replica goes on alone');
  }

  function tellBack(): void {
    if (!isUp()) return;
    awaySince = null;
    if (!isTold) return;
    isTold = false;
    log.info({ redis }, 'Redis is back: what replicas do is shared again');
    for (const listener of listeners) listener();
  }

  /** What it says no to, such as a write when it is full, is had without it, and told once. */
  function tellRefusal({ message }: Error): void {
    const kind = message.split(' ', 1)[0] ?? '';
    // Libraries then send the script itself.
    if (kind === 'NOSCRIPT') return;
    if (refusals.has(kind) || refusals.size >= MAX_REFUSALS) return;
    refusals.add(kind);
    log.warn({ redis, reason: message }, 'Redis refuses: what replicas do is not all shared');
  }

  function fallSilent(): void {
    if (isSilent) return;
    isSilent = true;
    awaySince ??= performance.now() - COMMAND_MS;
    reason = `no answer within ${COMMAND_MS} ms`;
    tellAway();
    void listen();
  }

  /** Until it answers. */
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
    // Before it is ready, the client itself introduces itself.
    if (client.status !== 'ready') return send(command, stream);
    if (isSilent && command.name !== 'ping') {
      command.reject(new Error('Redis does not answer'));
      return command.promise;
    }
    const late = setTimeout(() => {
      // An answer may have come while this process was busy.
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
