import type { Logger } from 'pino';

/** The maximum number of kinds of refusals that are logged. */
const MAX_KINDS = 20;

/**
 * Creates a function that logs refused commands, once for each kind of refusal. For example, a full Redis refuses writes. The gateway
 * continues without the refused command. `redis` is the address of the server.
 */
export function createRefusalLog(log: Logger, redis: string): (error: Error) => void {
  const kinds = new Set<string>();
  return ({ message }) => {
    const kind = message.split(' ', 1)[0] ?? '';
    // The error NOSCRIPT means that Redis does not know the hash of a script. This is not a refusal: ioredis then sends the whole script.
    if (kind === 'NOSCRIPT') return;
    if (kinds.has(kind) || kinds.size >= MAX_KINDS) return;
    kinds.add(kind);
    log.warn(
      { redis, reason: message },
      'Redis refuses a command: replicas do not share everything; check its memory and the permissions of its user',
    );
  };
}
