import pLimit, { type LimitFunction } from 'p-limit';
import type { InSlot } from './in-slot.ts';
import type { QueueEntry } from './queue-entry.ts';
import { nextCheckMs, nextToCutOff, nextToStart } from './scheduling.ts';
import { WaitingList } from './waiting-list.ts';

/**
 * Starts waiting tasks when slots are free. Cuts off a running task if a waiting task should get its slot (see scheduling.ts). The package
 * p-limit only counts the slots in use. The dispatcher itself chooses the next task, because p-limit supports neither priorities nor
 * pauses, and cannot remove a single waiting task.
 */
export class Dispatcher {
  readonly waiting = new WaitingList<QueueEntry>();
  readonly #slots: LimitFunction;
  readonly #inSlot: InSlot;
  /** The running tasks, in the order in which they started. */
  readonly #running = new Set<QueueEntry>();
  #nextCheck: NodeJS.Timeout | undefined;
  /**
   * Whether a `setImmediate` callback that calls `#makeWay` is pending. This is a flag and not a handle for `clearImmediate`: if
   * `clearImmediate` receives a handle of fake timers (in tests), Node delays the immediates that are scheduled afterwards.
   */
  #isCheckScheduled = false;

  constructor(concurrency: number, inSlot: InSlot) {
    this.#slots = pLimit(concurrency);
    this.#inSlot = inSlot;
  }

  /** The number of slots in use. */
  get running(): number {
    return this.#slots.activeCount;
  }

  /**
   * Starts waiting tasks until every slot is in use or no waiting task may start. Call this after any change that may allow a task to
   * start.
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
   * Calls `#makeWay` after pending I/O has been processed. Otherwise, a response could seem to be late although it has arrived, because
   * this busy process has not read it yet.
   */
  #check(): void {
    clearTimeout(this.#nextCheck);
    if (this.#isCheckScheduled) return;
    this.#isCheckScheduled = true;
    setImmediate(() => {
      this.#isCheckScheduled = false;
      this.#makeWay();
    });
  }

  /**
   * Cuts off a running task (aborts it and queues it again) if a waiting task must get its slot. Schedules the next check if one is needed.
   */
  #makeWay(): void {
    const now = performance.now();
    nextToCutOff(this.waiting.entries, [...this.#running], now)?.cutOff();
    const ms = nextCheckMs(this.waiting.entries, [...this.#running], now);
    if (ms !== undefined) this.#nextCheck = setTimeout(() => this.#check(), Math.ceil(ms));
  }
}
