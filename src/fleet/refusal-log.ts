import type { Logger } from 'pino';

/** The most kinds of refusals that are logged. */
const MAX_KINDS = 20;

/**
 * Creates a function that logs each kind of refusal once, such as a write when Redis is full. `redis` is the server's address. The
 * gateway continues without the refused command.
 */
export function createRefusalLog(log: Logger, redis: string): (error: Error) => void {
  const kinds = new Set<string>();
  return ({ message }) => {
    const kind = message.split(' ', 1)[0] ?? '';
    // This is no refusal: ioredis sends the whole script next.
    if (kind === 'NOSCRIPT') return;
    if (kinds.has(kind) || kinds.size >= MAX_KINDS) return;
    kinds.add(kind);
    log.warn(
      { redis, reason: message },
      'Redis refuses a command: replicas do not share everything; check its memory and the permissions of its user',
    );
  };
}
