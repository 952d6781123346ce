import type { Permit, Shortage } from '../../domain/permit.ts';
import type { MemoryBudget, PermitHolder } from './memory-budget.ts';
import type { PermitQueue, QueueEntry } from './permit-queue.ts';
import type { Client } from './sink.ts';

/** The permit that an operation needs to produce a large response. The code that sends the response calls `written` and `close`. */
export interface ResponsePermit extends Permit {
  /** Whether to write the next part of the response before the client has read the current part. */
  readonly writesAhead: () => boolean;
  /** Call this after a part of the response was written. From then on, its bytes count as unread. */
  readonly written: () => void;
  /** Call this when the request has ended. The operation must not do any work after that. */
  readonly close: () => void;
}

/**
 * The maximum time, in milliseconds, for which an operation with a permit may be idle, for example while it waits for RunPod. The limit
 * applies only while other operations wait for a permit.
 */
const IDLE_MS = 3000;

/** The objects that all permits share. */
export interface PermitContext {
  readonly budget: MemoryBudget;
  readonly queue: PermitQueue;
  readonly now: () => number;
  readonly onRefused: (shortage: Shortage) => void;
}

/**
 * The permit of one operation. While the memory budget is used up, the operation waits for its permit in the queue. The permit ends as soon
 * as the operation has no work left, and either a part of the response was written or the request has ended. So a subscription must obtain
 * its permit again for each event.
 */
export class QueuedPermit implements ResponsePermit, PermitHolder {
  readonly #context: PermitContext;
  readonly #clientOf: () => Client;
  readonly #cut: () => void;
  readonly #listeners = new Set<(shortage: Shortage) => void>();
  #client: Client | null = null;
  #isHeld = false;
  #queued: QueueEntry | null = null;
  #refusal: Shortage | null = null;
  #work = 0;
  #workedAt = 0;
  #isWritingAhead = false;
  #hasWritten = false;
  #isClosed = false;

  /**
   * `clientOf` returns the client of the operation, and is called only if the operation turns out to be large. `cut` closes the operation's
   * connection. It is called if the operation blocks others after a part of its response was written.
   */
  constructor(context: PermitContext, clientOf: () => Client, cut: () => void) {
    this.#context = context;
    this.#clientOf = clientOf;
    this.#cut = cut;
  }

  get client(): Client {
    this.#client ??= this.#clientOf();
    return this.#client;
  }

  obtain(): Promise<Shortage | null> | null {
    if (this.#isHeld || this.#isClosed) return null;
    if (this.#refusal !== null) return Promise.resolve(this.#refusal);
    return this.#queued?.outcome ?? this.#request();
  }

  isHeld(): boolean {
    return this.#isHeld;
  }

  isClosed(): boolean {
    return this.#isClosed;
  }

  beginWork(): void {
    this.#work += 1;
  }

  endWork(): void {
    this.#work -= 1;
    this.#workedAt = this.#context.now();
    if (this.#isClosed) this.#endIfIdle();
  }

  refuse(shortage: Shortage): void {
    if (this.#refusal !== null || this.#isClosed) return;
    this.#refusal = shortage;
    this.#context.onRefused(shortage);
    for (const listen of this.#listeners) listen(shortage);
  }

  refusal(): Shortage | null {
    return this.#refusal;
  }

  onOverdue(listen: (shortage: Shortage) => void): () => void {
    this.#listeners.add(listen);
    return () => void this.#listeners.delete(listen);
  }

  writeAhead(): void {
    this.#isWritingAhead = true;
  }

  writesAhead(): boolean {
    return this.#isWritingAhead || this.#work > 0 || this.#isHeld;
  }

  written(): void {
    this.#hasWritten = true;
    // The next event of a subscription counts as a new operation, so an earlier refusal does not apply to it.
    if (this.#work === 0) this.#refusal = null;
    this.#endIfIdle();
  }

  readonly close = (): void => {
    this.#isClosed = true;
    if (this.#queued !== null) this.#context.queue.leave(this.#queued);
    this.#endIfIdle();
  };

  /**
   * Ends the operation if it has done no work for too long. If its response has not begun, the operation is refused. Otherwise, its
   * connection is cut.
   */
  makeWay(): void {
    if (this.#work > 0 || this.#context.now() - this.#workedAt < IDLE_MS) return;
    if (this.#hasWritten) this.#cut();
    else this.refuse('room');
  }

  #request(): Promise<Shortage | null> | null {
    const { budget, queue } = this.#context;
    const shortage = budget.shortageOf(this.client);
    if (shortage === 'time' || (shortage !== null && !queue.mayJoin(this.client))) {
      this.#settle(shortage);
      return Promise.resolve(shortage);
    }
    // While operations wait in the queue, this operation must wait behind them, even if there is enough memory for it.
    if (shortage === null && queue.isEmpty()) {
      this.#settle(null);
      return null;
    }
    this.#queued = queue.join(this.client, (result) => this.#settle(result));
    return this.#queued.outcome;
  }

  #settle(shortage: Shortage | null): void {
    this.#queued = null;
    if (this.#isClosed) return;
    this.#workedAt = this.#context.now();
    if (shortage !== null) {
      this.refuse(shortage);
      return;
    }
    this.#isHeld = true;
    this.#context.budget.holders.add(this);
  }

  #endIfIdle(): void {
    if (!this.#isHeld || this.#work > 0) return;
    this.#context.budget.holders.delete(this);
    this.#isHeld = false;
    this.#context.queue.serveSoon();
  }
}
