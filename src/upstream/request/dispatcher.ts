import pLimit, { type LimitFunction } from 'p-limit';
import type { InSlot } from './in-slot.ts';
import type { QueueEntry } from './queue-entry.ts';
import { nextCheckMs, nextToCutOff, nextToStart } from './scheduling.ts';
import { WaitingList } from './waiting-list.ts';

/**
 * Starts the waiting entries of the queue when slots are free. Cuts off a running entry if a waiting entry should get its slot (see
 * scheduling.ts). p-limit only counts the slots in use. The dispatcher itself chooses the next entry for a free slot, because p-limit
 * supports neither priorities nor pauses, and cannot remove a single waiting task.
 */
export class Dispatcher {
  readonly waiting = new WaitingList<QueueEntry>();
  readonly #slots: LimitFunction;
  readonly #inSlot: InSlot;
  /** The running entries, in the order in which they started. */
  readonly #running = new Set<QueueEntry>();
  #nextCheck: NodeJS.Timeout | undefined;
  #checkSoon: NodeJS.Immediate | undefined;

  constructor(concurrency: number, inSlot: InSlot) {
    this.#slots = pLimit(concurrency);
    this.#inSlot = inSlot;
  }

  /** The number of slots in use. */
  get running(): number {
    return this.#slots.activeCount;
  }

  /**
   * Starts entries until every slot is in use or no waiting entry may start. Call this after any change of a slot, an entry or a lane that
   * may allow an entry to start.
   */
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

  /**
   * Calls `#makeWay`, but only after pending I/O has been processed. Otherwise, a response that has already arrived could seem to be late,
   * because this process was too busy to read it.
   */
  #check(): void {
    clearTimeout(this.#nextCheck);
    clearImmediate(this.#checkSoon);
    this.#checkSoon = setImmediate(() => this.#makeWay());
  }

  /** Cuts off the running task that must make way for a waiting task, if there is one. Schedules the next check if one is needed. */
  #makeWay(): void {
    const now = performance.now();
    nextToCutOff(this.waiting.entries, [...this.#running], now)?.cutOff();
    const ms = nextCheckMs(this.waiting.entries, [...this.#running], now);
    if (ms !== undefined) this.#nextCheck = setTimeout(() => this.#check(), Math.ceil(ms));
  }
}
