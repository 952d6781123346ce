import type { Shortage } from '../../domain/permit.ts';
import type { Client } from './sink.ts';
import type { UnreadBytes } from './unread-bytes.ts';

/** An operation that has a permit to produce a large response. */
export interface PermitHolder {
  readonly client: Client;
  /** Ends the operation if it has done no work for too long. Call this repeatedly while other operations wait for a permit. */
  readonly makeWay: () => void;
}

/** Dependencies of a `MemoryBudget`. */
export interface MemoryBudgetOptions {
  readonly unread: UnreadBytes;
  /**
   * The maximum number of bytes in memory for all clients together: the bytes that clients have not read, plus the bytes that operations
   * with a permit may add.
   */
  readonly maxBytes: number;
  /**
   * The maximum number of bytes in memory for one client: the bytes that the client has not read, plus the bytes that its operations with a
   * permit may add.
   */
  readonly maxBytesPerClient: number;
  /** The maximum size of one response, in bytes. Each operation with a permit counts as this many bytes. */
  readonly maxAnswerBytes: number;
  /** Returns whether the event loop lags. While it lags, no large operation may begin. */
  readonly isOverloaded: () => boolean;
}

/**
 * The maximum size of a small response, in bytes. A small response takes only milliseconds, so it never waits for a permit and is never
 * refused.
 */
export const SMALL_BYTES = 300_000;

/**
 * The maximum number of operations that have a permit at the same time. It is low, because producing the largest response takes several
 * times as much memory as the response itself.
 */
const MAX_HOLDERS = 2;

/**
 * Decides whether there is memory for another large response. Bytes that clients have not read yet use memory. The bytes that operations
 * with a permit may still add are counted as used, too.
 */
export class MemoryBudget {
  readonly holders = new Set<PermitHolder>();
  readonly #options: MemoryBudgetOptions;

  constructor(options: MemoryBudgetOptions) {
    this.#options = options;
  }

  /** Returns the reason why an operation of this client cannot get a permit now; `null` if it can. */
  shortageOf(client: Client): Shortage | null {
    if (this.#options.isOverloaded()) return 'time';
    if (this.excessOf(client) > 0) return 'client';
    return this.holders.size >= MAX_HOLDERS || this.totalExcess() > 0 ? 'room' : null;
  }

  /**
   * Returns how many bytes of the client's responses must be freed before the client may have one more large response. A client that has
   * neither unread bytes nor a permit may always have a large response.
   */
  excessOf(client: Client): number {
    const { maxAnswerBytes, maxBytesPerClient } = this.#options;
    const used = this.#usedBy(client);
    return used === 0 ? 0 : Math.max(0, used + maxAnswerBytes - maxBytesPerClient);
  }

  /** Returns the number of bytes that must be freed before there is memory for one more large response. */
  totalExcess(): number {
    const { maxAnswerBytes, maxBytes } = this.#options;
    return Math.max(0, this.#used() + maxAnswerBytes - maxBytes);
  }

  /** Returns the maximum size of a response that needs no permit, in bytes. It is never below `SMALL_BYTES`. */
  maxBytesFor(clientOf: () => Client): number {
    const { unread, maxBytes, maxBytesPerClient } = this.#options;
    if (this.holders.size === 0 && unread.isEmpty()) return Number.POSITIVE_INFINITY;
    return Math.max(SMALL_BYTES, Math.min(maxBytesPerClient - this.#usedBy(clientOf()), maxBytes - this.#used()));
  }

  #used(): number {
    return this.#options.unread.total() + this.holders.size * this.#options.maxAnswerBytes;
  }

  #usedBy(client: Client): number {
    const ofClient = [...this.holders].filter((holder) => holder.client === client);
    return this.#options.unread.of(client) + ofClient.length * this.#options.maxAnswerBytes;
  }
}
