import pLimit, { type LimitFunction } from 'p-limit';
import type { InSlot } from './in-slot.ts';
import type { QueueEntry } from './queue-entry.ts';
import { nextCheckMs, nextToCutOff, nextToStart } from './scheduling.ts';
import { WaitingList } from './waiting-list.ts';

/**
 * Starts waiting entries in free slots, and cuts off running ones that others should not wait for. p-limit counts the slots. The
 * dispatcher itself chooses the next entry when a slot is free, because p-limit has no priorities, abandoned tasks or pauses.
 */
export class Dispatcher {
  readonly waiting = new WaitingList<QueueEntry>();
  readonly #slots: LimitFunction;
  readonly #inSlot: InSlot;
  /** In the order in which they started. */
  readonly #running = new Set<QueueEntry>();
  #nextCheck: NodeJS.Timeout | undefined;
  #checkSoon: NodeJS.Immediate | undefined;

  constructor(concurrency: number, inSlot: InSlot) {
    this.#slots = pLimit(concurrency);
    this.#inSlot = inSlot;
  }

  /** Number of slots in use. */
  get running(): number {
    return this.#slots.activeCount;
  }

  /** Starts entries until every slot is in use or none may start. Call this whenever that may have changed. */
  fillSlots(): void {
    while (this.#slots.activeCount < this.#slots.concurrency) {
      const next = nextToStart(this.waiting.entries, [...this.#running], performance.now());
      if (next === undefined) break;
      next.leaveList();
      this.#running.add(next);
      next.lane.running += 1;
      void this.#slots(() => this.#inSlot((lost) => this.#run(next, lost))).finally(() => this.fillSlots());
    }
    this.#check();
  }

  async #run(entry: QueueEntry, lost: AbortSignal): Promise<void> {
    await entry.start(lost);
    this.#running.delete(entry);
    entry.lane.running -= 1;
  }

  /** Calls `#makeWay` after pending I/O. A response that has already arrived must not look late because this process was busy. */
  #check(): void {
    clearTimeout(this.#nextCheck);
    clearImmediate(this.#checkSoon);
    this.#checkSoon = setImmediate(() => this.#makeWay());
  }

  /** Cuts off a task that others should not wait for, and checks again later while others wait. */
  #makeWay(): void {
    const now = performance.now();
    nextToCutOff(this.waiting.entries, [...this.#running], now)?.cutOff();
    const ms = nextCheckMs(this.waiting.entries, [...this.#running], now);
    if (ms !== undefined) this.#nextCheck = setTimeout(() => this.#check(), Math.ceil(ms));
  }
}
