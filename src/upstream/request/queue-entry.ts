import { setMaxListeners } from 'node:events';
import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';
import type { ChargedTask } from './charged-task.ts';
import type { Schedulable } from './scheduling.ts';
import { CUT_OFF, SLOT_LOST, type Task } from './task.ts';
import type { End, WaitingList } from './waiting-list.ts';

/** The state of a lane. It is changed by the lane, the dispatcher, and the entries of the lane. */
export interface LaneState {
  isPaused: boolean;
  running: number;
  maxRunning: number;
  /**
   * The entries whose task waits to run. This includes an entry that already has a slot of this process, but still waits for a slot of the
   * fleet.
   */
  readonly waiting: Set<QueueEntry>;
}

/** The two functions that settle a promise. */
interface Settle<T> {
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A task in the queue, from the moment when it enters until its promise settles. */
export class QueueEntry<T = unknown> implements Schedulable {
  readonly demand: Demand;
  readonly payer: Client;
  readonly lane: LaneState;
  readonly cameAt = performance.now();
  /** Settles as the task does. Rejects with the reason of `demand.signal` if the signal is aborted while the task waits. */
  readonly result: Promise<T>;
  startedAt: number | null = null;
  isSpent = false;
  readonly #task: Task<T>;
  readonly #list: WaitingList<QueueEntry>;
  /** When the entry arrived, as an event number of the rotation. */
  readonly #arrival: number;
  readonly #settle: Settle<T>;
  #isAtFront = false;
  #wasCutOff = false;
  #cutOff = new AbortController();

  /** Creates an entry that waits at the given end of `list`. */
  constructor(
    { task, payer }: Pick<ChargedTask<T>, 'task' | 'payer'>,
    demand: Demand,
    lane: LaneState,
    list: WaitingList<QueueEntry>,
    end: End,
  ) {
    this.#task = task;
    this.payer = payer;
    this.demand = demand;
    this.lane = lane;
    this.#list = list;
    this.#arrival = list.rotation.tick();
    let settle!: Settle<T>;
    this.result = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle;
    // Many tasks may listen to the signal of the same demand. Without this call, Node would warn about too many listeners.
    setMaxListeners(0, demand.signal);
    this.#wait(end);
  }

  get name(): string {
    return this.#task.name;
  }

  get turn(): number {
    return this.#isAtFront ? Number.NEGATIVE_INFINITY : this.#list.rotation.turnOf(this.demand, this.#arrival);
  }

  get yieldAfterMs(): number {
    return this.#task.yieldAfterMs();
  }

  get isSuspect(): boolean {
    return this.#wasCutOff || this.#task.isSuspect();
  }

  get isEnding(): boolean {
    return this.startedAt !== null && this.#cutOff.signal.aborted;
  }

  /** Removes the entry from the list and ends the turn of its client. Call this when the entry gets a slot. */
  leaveList(): void {
    this.#list.remove(this);
    this.#list.rotation.started(this.demand, this.#arrival);
  }

  /** Runs the task in a slot. Resolves when the task releases the slot. When `lost` is aborted, the run ends and the task waits again. */
  async start(lost: AbortSignal): Promise<void> {
    // While this entry waited for a slot of the fleet, its task may have been rejected. It must not run then.
    if (!this.lane.waiting.has(this)) return;
    if (this.lane.isPaused || lost.aborted) {
      this.#add('front');
      return;
    }
    this.#stopWaiting();
    this.#cutOff = new AbortController();
    lost.addEventListener('abort', this.#endRun);
    await this.#runOnce();
    lost.removeEventListener('abort', this.#endRun);
  }

  /** Ends the current run early and puts the task at the back of the queue. */
  cutOff(): void {
    this.isSpent = this.isSuspect;
    this.#wasCutOff = true;
    this.#cutOff.abort();
    this.#waitAgain('back');
  }

  /** Rejects the promise of the task. The task must not be running. */
  reject(error: unknown): void {
    this.#stopWaiting();
    this.#settle.reject(error);
  }

  #wait(end: End): void {
    this.demand.signal.addEventListener('abort', this.#abandon);
    this.lane.waiting.add(this);
    this.#add(end);
  }

  #waitAgain(end: End): void {
    if (this.demand.signal.aborted) this.#abandon();
    else this.#wait(end);
  }

  #add(end: End): void {
    this.#isAtFront = end === 'front';
    this.#list.add(this, end);
  }

  #stopWaiting(): void {
    this.demand.signal.removeEventListener('abort', this.#abandon);
    this.lane.waiting.delete(this);
    this.#list.remove(this);
  }

  readonly #abandon = (): void => this.reject(this.demand.signal.reason);

  /** Runs the task once. Resolves when the task releases its slot. */
  #runOnce(): Promise<void> {
    return new Promise((resolve) => {
      const free = () => {
        this.startedAt = null;
        resolve();
      };
      this.startedAt = performance.now();
      const answered = () => {
        // A cut-off at the same moment may have queued the task again. An answered task must not run again, so it is removed from the
        // queue.
        this.#stopWaiting();
        free();
      };
      void this.#follow(this.#task.run(answered, this.#cutOff.signal)).finally(free);
    });
  }

  /** Settles the promise of the task with the outcome of the run, unless the run was cut off. */
  async #follow(run: Promise<T | typeof CUT_OFF>): Promise<void> {
    try {
      const value = await run;
      if (value === CUT_OFF) return;
      // The answer may have arrived although the run was cut off. The cut-off has queued the task again, so it is removed from the queue.
      this.#stopWaiting();
      this.#settle.resolve(value);
    } catch (error) {
      this.reject(error);
    }
  }

  /** Ends the current run, because it has lost its slot. Puts the task back at the front of the queue. */
  readonly #endRun = (): void => {
    if (this.startedAt === null || this.#cutOff.signal.aborted) return;
    this.#cutOff.abort(SLOT_LOST);
    this.#waitAgain('front');
  };
}
