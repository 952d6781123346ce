import type { Shortage } from '../../domain/permit.ts';
import { MemoryBudget, type MemoryBudgetOptions } from './memory-budget.ts';
import { PermitQueue } from './permit-queue.ts';
import { QueuedPermit, type ResponsePermit } from './response-permit.ts';
import type { Client } from './sink.ts';

/** Dependencies of `createResponseMemory`. */
export interface ResponseMemoryOptions extends MemoryBudgetOptions {
  /** Returns the time of a monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Called once for each operation that is refused. */
  readonly onRefused: (shortage: Shortage) => void;
}

/** Limits the memory for responses that are being produced, or that clients have not read. */
export interface ResponseMemory {
  /**
   * Creates the permit of one operation. `client` returns the client of the operation, and is called only if the operation turns out to be
   * large. `cut` must close the connection of the operation. It is called if the operation has written a part of its response, and then
   * does no work for too long while other operations wait for a permit.
   */
  readonly openPermit: (client: () => Client, cut: () => void) => ResponsePermit;
  /** Returns the maximum size of a response that needs no permit, in bytes. It is never below `SMALL_BYTES`. */
  readonly maxBytesFor: (client: () => Client) => number;
  /** Returns whether a large response may be produced at once: no operation waits for a permit, and the event loop does not lag. */
  readonly mayMakeLarge: () => boolean;
  /** Returns the number of operations that have a permit. */
  readonly held: () => number;
  /** Returns the number of operations that wait for a permit. */
  readonly waiting: () => number;
}

/** Creates the limit on the memory for responses. An operation with a large response needs a permit; all other operations need none. */
export function createResponseMemory(options: ResponseMemoryOptions): ResponseMemory {
  const { unread, isOverloaded, now, onRefused } = options;
  const budget = new MemoryBudget(options);
  const queue = new PermitQueue(budget, unread, now);
  const context = { budget, queue, now, onRefused };
  return {
    openPermit: (client, cut) => new QueuedPermit(context, client, cut),
    maxBytesFor: (client) => budget.maxBytesFor(client),
    mayMakeLarge: () => queue.isEmpty() && !isOverloaded(),
    held: () => budget.holders.size,
    waiting: () => queue.size(),
  };
}
