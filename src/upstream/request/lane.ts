import type { Demand } from '../../domain/catalog.ts';
import { chargeTask } from './charged-task.ts';
import type { Dispatcher } from './dispatcher.ts';
import { chooseRejected, type WaitingTask } from './overflow.ts';
import { type LaneState, QueueEntry } from './queue-entry.ts';
import type { Task } from './task.ts';
import type { End } from './waiting-list.ts';

/** The part of the queue that belongs to one source. */
export interface Lane {
  /**
   * Runs `task` in a slot and settles as it does. scheduling.ts decides which task starts next, and which running task makes way for it. A
   * task that enters at the `'front'` starts before all others, and may enter a full lane.
   * Each run is charged to a client of `demand`. The promise also rejects:
   * - with a `ClientLimitedError` if no client has any budget left,
   * - with the error of `whenFull` if the lane is full and overflow.ts chooses this task to leave,
   * - with the reason of `demand.signal` if the signal is aborted while the task waits.
   */
  enter<T>(task: Task<T>, demand: Demand, end: End): Promise<T>;
  /**
   * Pauses the lane for `ms` milliseconds, in which no task starts. If an earlier call started a pause that ends later, this pause remains
   * in force.
   */
  pause(ms: number): void;
  /** Returns the milliseconds until the pause ends; 0 while the lane is not paused. */
  readonly pausedMs: () => number;
  /** Sets how many tasks of this lane may run at the same time. The number of slots limits them too. Running tasks continue. */
  setConcurrency(maxRunning: number): void;
  /** Rejects every waiting task of this lane, with the error that `reason` returns for the name of the task. */
  rejectAll(reason: (name: string) => Error): void;
}

/** Limits of a lane. */
export interface LaneOptions {
  /** The maximum number of tasks that may wait in the lane. */
  readonly limit: number;
  /** Returns the error with which a task of this name is rejected when too many tasks wait. */
  readonly whenFull: (name: string) => Error;
}

/** Creates a lane whose tasks `dispatcher` starts. */
export function createLane(dispatcher: Dispatcher, { limit, whenFull }: LaneOptions): Lane {
  const state: LaneState = {
    isPaused: false,
    running: 0,
    maxRunning: Number.POSITIVE_INFINITY,
    waiting: new Set(),
  };
  let pausedUntil = 0;
  let resume: NodeJS.Timeout | undefined;

  /** Returns whether the lane has room for `newcomer`. If the lane is full, rejects another task to make room, or returns `false`. */
  function makeRoom(newcomer: WaitingTask): boolean {
    const queued = dispatcher.waiting.entries.filter(({ lane }) => lane === state);
    if (queued.length < limit) return true;
    const rejected = chooseRejected(queued, newcomer);
    rejected?.reject(whenFull(rejected.name));
    return rejected !== undefined;
  }

  return {
    async enter(task, demand, end) {
      demand.signal.throwIfAborted();
      const charged = chargeTask(task, demand);
      try {
        if (end === 'back' && !makeRoom({ demand, payer: charged.payer })) throw whenFull(task.name);
        const { result } = new QueueEntry(charged, demand, state, dispatcher.waiting, end);
        dispatcher.fillSlots();
        return await result;
      } finally {
        charged.release();
      }
    },
    pause(ms) {
      const until = performance.now() + ms;
      if (until <= pausedUntil) return;
      pausedUntil = until;
      state.isPaused = true;
      clearTimeout(resume);
      resume = setTimeout(() => {
        pausedUntil = 0;
        state.isPaused = false;
        dispatcher.fillSlots();
      }, ms);
    },
    pausedMs: () => Math.max(0, pausedUntil - performance.now()),
    setConcurrency(maxRunning) {
      state.maxRunning = maxRunning;
      dispatcher.fillSlots();
    },
    rejectAll(reason) {
      for (const entry of state.waiting) entry.reject(reason(entry.name));
    },
  };
}
