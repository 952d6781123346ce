import type { Demand } from '../../domain/catalog.ts';
import { chargeTask } from './charged-task.ts';
import type { Dispatcher } from './dispatcher.ts';
import { chooseRejected, type WaitingTask } from './overflow.ts';
import { createPause } from './pause.ts';
import { type LaneState, QueueEntry } from './queue-entry.ts';
import type { Task } from './task.ts';
import type { End } from './waiting-list.ts';

/** The part of the request queue that contains the requests to one source, such as RunPod's REST API. */
export interface Lane {
  /**
   * Waits for a slot, runs `task` in the slot, and returns the result of the task, or rejects with its error. scheduling.ts decides which
   * task starts next. A task that enters at the `'front'` starts before all others. It may enter even if the lane is full. Each run counts
   * against the request budget of one client of `demand`. The promise also rejects:
   * - with a `ClientLimitedError` if no client of `demand` has any budget left,
   * - with the error of `whenFull` if the lane is full and this task is the one that is rejected,
   * - with the reason of `demand.signal` if the signal is aborted while the task waits.
   */
  enter<T>(task: Task<T>, demand: Demand, end: End): Promise<T>;
  /**
   * Pauses the lane for `ms` milliseconds, during which no task starts. If the lane is already paused for longer than that, the current
   * pause stays unchanged. A pause keeps the process alive only while the lane has tasks.
   */
  pause(ms: number): void;
  /** Returns the milliseconds until the pause ends; 0 while the lane is not paused. */
  readonly pausedMs: () => number;
  /**
   * Sets the maximum number of tasks of this lane that run at the same time. The number of slots is a further limit. Tasks that already run
   * are not stopped.
   */
  setConcurrency(maxRunning: number): void;
  /** Rejects every waiting task of this lane. `reason` takes the name of a task and returns the error for it. */
  rejectAll(reason: (name: string) => Error): void;
}

/** Options of a lane (the queue of requests to one source). */
export interface LaneOptions {
  /** The maximum number of tasks that may wait in the lane. */
  readonly limit: number;
  /** Returns the error for a task that is rejected because too many tasks wait. `name` is the name of the task. */
  readonly whenFull: (name: string) => Error;
  /**
   * A signal that is aborted when the lane may start no more tasks. Aborting it also stops the timer of a pause. Default: never aborted.
   */
  readonly closing?: AbortSignal | undefined;
}

/** Creates a lane: the queue of requests to one source, whose tasks `dispatcher` starts. */
export function createLane(dispatcher: Dispatcher, { limit, whenFull, closing }: LaneOptions): Lane {
  const state: LaneState = {
    isPaused: false,
    running: 0,
    maxRunning: Number.POSITIVE_INFINITY,
    waiting: new Set(),
  };
  /** The number of tasks in the lane, waiting or running. */
  let tasks = 0;
  const pause = createPause(() => {
    state.isPaused = false;
    dispatcher.fillSlots();
  }, closing);

  /**
   * Returns whether the task `newcomer` may enter the lane. If the lane is full, first tries to reject another waiting task to make room.
   */
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
      tasks += 1;
      pause.setTasks(tasks);
      try {
        if (end === 'back' && !makeRoom({ demand, payer: charged.payer })) throw whenFull(task.name);
        const { result } = new QueueEntry(charged, demand, state, dispatcher.waiting, end);
        dispatcher.fillSlots();
        return await result;
      } finally {
        charged.release();
        tasks -= 1;
        pause.setTasks(tasks);
      }
    },
    pause(ms) {
      if (pause.start(ms)) state.isPaused = true;
    },
    pausedMs: pause.leftMs,
    setConcurrency(maxRunning) {
      state.maxRunning = maxRunning;
      dispatcher.fillSlots();
    },
    rejectAll(reason) {
      for (const entry of state.waiting) entry.reject(reason(entry.name));
    },
  };
}
