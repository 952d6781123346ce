import { setMaxListeners } from 'node:events';
import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';
import type { ChargedTask } from './charged-task.ts';
import type { Schedulable } from './scheduling.ts';
import { CUT_OFF, SLOT_LOST, type Task } from './task.ts';
import type { End, WaitingList } from './waiting-list.ts';

/** The mutable state of a lane (the queue of one source). The lane, the dispatcher and the queue entries change this state. */
export interface LaneState {
  isPaused: boolean;
  running: number;
  maxRunning: number;
  /**
   * The entries whose tasks wait to run. Some of them already have a slot of this process, but still wait for a slot that all replicas
   * share.
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
  /** The promise of the task's result. It rejects with the reason of `demand.signal` if the signal is aborted while the task waits. */
  readonly result: Promise<T>;
  startedAt: number | null = null;
  isSpent = false;
  readonly #task: Task<T>;
  readonly #list: WaitingList<QueueEntry>;
  /** When the entry arrived, as an event number (see rotation.ts). */
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
    // Many tasks may listen to the abort signal of one demand, so Node's warning about too many listeners is switched off.
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

  /** Removes the entry from the waiting list, and records that its client is served now. Call this when the entry gets a slot. */
  leaveList(): void {
    this.#list.remove(this);
    this.#list.rotation.started(this.demand, this.#arrival);
  }

  /**
   * Runs the task in a slot. Resolves when the task releases the slot. When `lost` is aborted, the slot is lost: the run ends, and the task
   * waits for another slot.
   */
  async start(lost: AbortSignal): Promise<void> {
    // The task may have been rejected while this entry waited for a slot that all replicas share. A rejected task must not run.
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
        // The run may have been cut off at the same moment, which puts the task back into the queue. A task with an answer must not run
        // again, so this removes the task from the queue.
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
      // The run may have been cut off, and the task put back into the queue, although the answer has arrived. The task then needs no
      // further run, so this removes it from the queue.
      this.#stopWaiting();
      this.#settle.resolve(value);
    } catch (error) {
      this.reject(error);
    }
  }

  /** Ends the current run, because its slot is lost. Puts the task back at the front of the queue. */
  readonly #endRun = (): void => {
    if (this.startedAt === null || this.#cutOff.signal.aborted) return;
    this.#cutOff.abort(SLOT_LOST);
    this.#waitAgain('front');
  };
}
