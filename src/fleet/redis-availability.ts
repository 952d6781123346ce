import type { Logger } from 'pino';

/** The pause before each ping to a server that has stopped answering, in milliseconds. */
const PING_EVERY_MS = 500;

/** Dependencies of `RedisAvailability`. */
export interface RedisAvailabilityOptions {
  readonly log: Logger;
  /** The address of the server, for the log. */
  readonly redis: string;
  /** Returns whether there is a connection. */
  readonly isConnected: () => boolean;
  /** Sends a ping. Rejects if the server does not answer. */
  readonly ping: () => Promise<unknown>;
  /** Aborted when the gateway closes its connections. */
  readonly closing: AbortSignal;
}

/**
 * Determines whether a Redis server is available, which means that there is a connection and the server answers commands in time. Logs when
 * the server becomes unavailable, and when it is available again.
 */
export class RedisAvailability {
  readonly #options: RedisAvailabilityOptions;
  readonly #listeners: (() => void)[] = [];
  #isSilent = false;
  #isLogged = false;
  #awaySince: number | null = Number.NEGATIVE_INFINITY;
  #reason: string | undefined;

  constructor(options: RedisAvailabilityOptions) {
    this.#options = options;
  }

  /** Whether the server has not answered a command in time, and has not answered a ping since then. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  get isUp(): boolean {
    return this.#options.isConnected() && !this.#isSilent;
  }

  /** How long the server has been unavailable, in milliseconds. 0 while it is available, infinite if it has never been available. */
  get awayMs(): number {
    return this.#awaySince === null ? 0 : performance.now() - this.#awaySince;
  }

  /** Registers a listener that is called each time the server becomes available, including the first time. */
  onBack(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Records the reason why a connection failed. */
  connectionFailed(reason: string): void {
    this.#reason = reason;
  }

  /** Records that the server is unavailable, and logs it once. */
  disconnected(): void {
    const { log, redis, closing } = this.#options;
    this.#awaySince ??= performance.now();
    if (this.#isLogged || closing.aborted) return;
    this.#isLogged = true;
    log.warn(
      { redis, reason: this.#reason },
      'Redis is unavailable: this replica continues without sharing answers, limits and events',
    );
  }

  /** Records that there is a connection. */
  connected(): void {
    const { log, redis } = this.#options;
    if (!this.isUp) return;
    this.#awaySince = null;
    for (const listener of this.#listeners) listener();
    if (!this.#isLogged) return;
    this.#isLogged = false;
    log.info({ redis }, 'Redis is available again: replicas share answers, limits and events');
  }

  /** Records that the server did not answer a command within `deadlineMs` milliseconds. Pings it until it answers. */
  fellSilent(deadlineMs: number): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#awaySince ??= performance.now() - deadlineMs;
    this.#reason = `no answer within ${deadlineMs} ms`;
    this.disconnected();
    void this.#pingUntilAnswered();
  }

  async #pingUntilAnswered(): Promise<void> {
    const { isConnected, ping, closing } = this.#options;
    while (this.#isSilent && !closing.aborted) {
      await new Promise((resolve) => {
        setTimeout(resolve, PING_EVERY_MS).unref();
      });
      // If the connection is lost, the pings stop. They are not needed then, because `connected` is called when the connection is restored.
      this.#isSilent = isConnected() && !(await isFulfilled(ping()));
    }
    this.connected();
  }
}

const isFulfilled = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );
