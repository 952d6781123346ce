import type { Shortage } from '../../domain/permit.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { Client } from './sink.ts';
import type { UnreadBytes } from './unread-bytes.ts';

/** An operation that waits for a permit to produce a large response. */
export interface QueueEntry {
  readonly client: Client;
  /** The time at which the operation is refused if it has not received its permit by then. */
  readonly until: number;
  /** Resolves to `null` when the operation receives its permit. Resolves to the reason when the operation is refused. */
  readonly outcome: Promise<Shortage | null>;
  readonly resolve: (outcome: Shortage | null) => void;
}

/** The maximum time that an operation may wait for its permit, in milliseconds. */
const MAX_WAIT_MS = 15_000;
/** The maximum number of waiting operations of all clients. It is limited, because each waiting operation keeps a request in memory. */
const MAX_WAITING = 100;
/** The maximum number of waiting operations of one client. */
const MAX_WAITING_PER_CLIENT = 50;

/**
 * The interval at which the queue is inspected while operations wait, in milliseconds. An inspection looks for stalled connections, and for
 * operations that have a permit but do no work.
 */
const INSPECT_MS = 100;

/**
 * The queue of operations that wait for a permit to produce a large response. They receive permits in the order of their arrival. However,
 * an operation whose client has too many unread bytes does not delay the operations of other clients. While operations wait, stalled
 * connections are closed until there is enough memory.
 */
export class PermitQueue {
  readonly #budget: MemoryBudget;
  readonly #unread: UnreadBytes;
  readonly #now: () => number;
  readonly #entries = new Set<QueueEntry>();
  #inspecting: NodeJS.Timeout | undefined;
  #isServing = false;

  constructor(budget: MemoryBudget, unread: UnreadBytes, now: () => number) {
    this.#budget = budget;
    this.#unread = unread;
    this.#now = now;
  }

  size(): number {
    return this.#entries.size;
  }

  isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether the queue may take one more operation of this client. */
  mayJoin(client: Client): boolean {
    const ofClient = [...this.#entries].filter((entry) => entry.client === client);
    return this.#entries.size < MAX_WAITING && ofClient.length < MAX_WAITING_PER_CLIENT;
  }

  /**
   * Adds an operation. `onOutcome` is called as soon as the operation gets its permit, is refused, or is removed with `leave`. The promise
   * `outcome` resolves after that.
   */
  join(client: Client, onOutcome: (outcome: Shortage | null) => void): QueueEntry {
    let settle: (outcome: Shortage | null) => void = () => {};
    const outcome = new Promise<Shortage | null>((resolve) => {
      settle = resolve;
    });
    const resolve = (result: Shortage | null) => {
      onOutcome(result);
      settle(result);
    };
    const entry = { client, until: this.#now() + MAX_WAIT_MS, outcome, resolve };
    this.#entries.add(entry);
    this.#inspecting ??= setInterval(() => this.#inspect(), INSPECT_MS);
    this.serveSoon();
    return entry;
  }

  /** Removes an operation whose request has ended. Its `outcome` resolves to `null`. */
  leave(entry: QueueEntry): void {
    this.#entries.delete(entry);
    entry.resolve(null);
  }

  /** Gives out permits in the next turn of the event loop. Call this when a permit has ended. */
  serveSoon(): void {
    if (this.#isServing || this.isEmpty()) return;
    this.#isServing = true;
    setImmediate(() => this.#serve());
  }

  #serve(): void {
    this.#isServing = false;
    for (const entry of this.#entries) {
      const shortage = this.#budget.shortageOf(entry.client);
      if (shortage === null || this.#now() >= entry.until) {
        this.#entries.delete(entry);
        entry.resolve(shortage);
      }
    }
    if (!this.isEmpty()) return;
    clearInterval(this.#inspecting);
    this.#inspecting = undefined;
  }

  /** Gives out permits, and frees memory for the operations that still wait. */
  #inspect(): void {
    this.#serve();
    const shortages = new Map([...this.#entries].map(({ client }) => [client, this.#budget.shortageOf(client)]));
    for (const [client, shortage] of shortages) {
      if (shortage === 'client') this.#unread.cutStalled(this.#budget.excessOf(client), client);
    }
    if (![...shortages.values()].includes('room')) return;
    this.#unread.cutStalled(this.#budget.totalExcess());
    for (const holder of this.#budget.holders) holder.makeWay();
  }
}
