import pLimit from 'p-limit';
import type { Demand } from '../../domain/catalog.ts';
import { chargeTask } from './charged-task.ts';
import { chooseRejected, type WaitingTask } from './overflow.ts';
import { enterQueue, type LaneState, type Queue, type QueueEntry, type Task } from './queue-entry.ts';
import { createRotation } from './rotation.ts';
import { nextCheckMs, nextToCutOff, nextToStart } from './scheduling.ts';

/**
 * Runs a task in one of the slots that all replicas share, as soon as one is free. Settles as the task does. When `lost` is aborted, the
 * slot may already belong to another replica, so the task must end at once.
 */
export type InSlot = <T>(task: (lost: AbortSignal) => Promise<T>) => Promise<T>;

/** Runs tasks without a limit across replicas, for a gateway that runs alone. */
export const IN_ANY_SLOT: InSlot = (task) => task(new AbortController().signal);

/** Limits and dependencies of `createRequestQueue`. */
export interface RequestQueueOptions {
  /** Number of tasks that run at once. */
  readonly concurrency: number;
  /** A second limit, across all replicas. */
  readonly inSlot: InSlot;
  /** Number of tasks that may wait in each lane. */
  readonly limit: number;
  /** Returns the error for a task of this name that is rejected because too many tasks wait. */
  readonly whenFull: (name: string) => Error;
}

/** A queue of tasks that wait for one of a few slots. */
export interface RequestQueue {
  /** Creates a lane for one source. A paused or limited lane does not keep other lanes from the slots. */
  createLane(): Lane;
  /** Number of tasks that wait. */
  readonly waiting: number;
  /** Number of tasks that run. */
  readonly running: number;
}

/** The part of the queue that belongs to one source. */
export interface Lane {
  /**
   * Runs `task` in a slot and settles as it does. scheduling.ts decides which task is next and which running task makes way for it. At the
   * `'front'`, a task goes before all others, and enters a full lane too.
   * Each run is charged to a client of `demand`. Rejects with a `ClientLimitedError` when no client has a request left, with the error of
   * `whenFull` when the lane is full and this task must leave it (overflow.ts decides which one does), and with the reason of `demand.signal`
   * when that is aborted while the task waits.
   */
  enter<T>(task: Task<T>, demand: Demand, at: 'front' | 'back'): Promise<T>;
  /** Starts no tasks for `ms` milliseconds. A longer pause from an earlier call remains in force. */
  pause(ms: number): void;
  /** Milliseconds until the pause ends; 0 outside of a pause. */
  readonly pausedMs: () => number;
  /** Sets how many tasks of this lane may run at once, in addition to the number of slots. Running tasks continue. */
  setConcurrency(concurrency: number): void;
  /** Rejects every task that waits. */
  rejectAll(reason: (name: string) => Error): void;
}

/**
 * Creates a queue whose slots p-limit counts. The queue itself chooses the next task when a slot is free, because p-limit has no
 * priorities, abandoned tasks or pauses.
 */
export function createRequestQueue({ concurrency, inSlot, limit, whenFull }: RequestQueueOptions): RequestQueue {
  const slots = pLimit(concurrency);
  const waiting: QueueEntry[] = [];
  /** In the order in which they started. */
  const running = new Set<QueueEntry>();
  let lookAgain: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;

  const queue: Queue = {
    rotation: createRotation(),
    add(entry, at) {
      if (at === 'front') waiting.unshift(entry);
      else waiting.push(entry);
    },
    remove(entry) {
      const index = waiting.indexOf(entry);
      if (index >= 0) waiting.splice(index, 1);
    },
  };

  function fillSlots(): void {
    while (slots.activeCount < slots.concurrency) {
      const next = nextToStart(waiting, [...running], performance.now());
      if (next === undefined) break;
      queue.remove(next);
      next.endTurn();
      running.add(next);
      next.lane.running += 1;
      void slots(() => inSlot((lost) => run(next, lost))).finally(fillSlots);
    }
    lookSoon();
  }

  async function run(entry: QueueEntry, lost: AbortSignal): Promise<void> {
    await entry.start(lost);
    running.delete(entry);
    entry.lane.running -= 1;
  }

  /** Runs `makeWay` after pending I/O. A response that has already arrived must not look late because this process was busy. */
  function lookSoon(): void {
    clearTimeout(lookAgain);
    clearImmediate(soon);
    soon = setImmediate(makeWay);
  }

  /** Cuts off a task that others should not wait for, and checks again later while others wait. */
  function makeWay(): void {
    const now = performance.now();
    nextToCutOff(waiting, [...running], now)?.cutOff();
    const ms = nextCheckMs(waiting, [...running], now);
    if (ms !== undefined) lookAgain = setTimeout(lookSoon, Math.ceil(ms));
  }

  function createLane(): Lane {
    const state: LaneState = { isPaused: false, running: 0, most: Number.POSITIVE_INFINITY, waiting: new Set() };
    let pausedUntil = 0;
    let resume: NodeJS.Timeout | undefined;

    /** Whether the lane has room for one more task. If it is full, another task may be rejected to make room. */
    function makeRoom(newcomer: WaitingTask): boolean {
      const queued = waiting.filter((entry) => entry.lane === state);
      if (queued.length < limit) return true;
      const dropped = chooseRejected(queued, newcomer);
      dropped?.refuse(whenFull(dropped.name));
      return dropped !== undefined;
    }

    return {
      async enter(task, demand, at) {
        demand.signal.throwIfAborted();
        const charged = chargeTask(task, demand);
        try {
          if (at === 'back' && !makeRoom({ demand, payer: charged.payer })) throw whenFull(task.name);
          const answer = enterQueue(charged, demand, state, queue, at);
          fillSlots();
          return await answer;
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
          fillSlots();
        }, ms);
      },
      pausedMs: () => Math.max(0, pausedUntil - performance.now()),
      setConcurrency(most) {
        state.most = most;
        fillSlots();
      },
      rejectAll(reason) {
        for (const entry of state.waiting) entry.refuse(reason(entry.name));
      },
    };
  }

  return {
    createLane,
    get waiting() {
      return waiting.length;
    },
    get running() {
      return slots.activeCount;
    },
  };
}
