import pLimit from 'p-limit';
import type { Demand } from '../domain/catalog.ts';
import { chargeTask } from './charged-task.ts';
import { type LaneState, type Place, type Queue, type Task, takePlace } from './place.ts';
import { type Waiting, whoLeaves } from './room.ts';
import { createRotation } from './rotation.ts';
import { lookAgainMs, nextOf, toCutOff } from './turns.ts';

/**
 * Runs a task when fewer than the number of slots run over all replicas. Rejects as the task does. When `lost` is aborted, the slot
 * may be another replica's: the task must end at once.
 */
export type InSlot = <T>(task: (lost: AbortSignal) => Promise<T>) => Promise<T>;

/** For a gateway that is alone. */
export const IN_ANY_SLOT: InSlot = (task) => task(new AbortController().signal);

/** What the line needs. */
export interface LineOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Another limit, over all replicas. */
  readonly inSlot: InSlot;
  /** Tasks that may wait in each lane. */
  readonly limit: number;
  /** Returns the error that rejects a task of this name when too many wait. */
  readonly whenFull: (name: string) => Error;
}

/** Tasks that wait for one of a few slots. */
export interface Line {
  /** A lane of its own for one source: what slows it down keeps no other from the slots. */
  lane(): Lane;
  /** Tasks that wait. */
  readonly waiting: number;
  /** Tasks that run. */
  readonly running: number;
}

/** The tasks of one source in the line. */
export interface Lane {
  /**
   * Runs `task` in a slot and settles as it does. turns.ts says which task is next and which running one makes way for it. Each run
   * is charged to a client of `demand`. Rejects with a `ClientLimitedError` when none has a request left.
   * When too many tasks wait in the lane, it or another task is rejected at once; room.ts says which. Rejects with the reason of
   * `demand.signal` when that is aborted while the task waits. At the `'front'`, a task goes before all that wait, and enters a full
   * lane too.
   */
  enter<T>(task: Task<T>, demand: Demand, at: 'front' | 'back'): Promise<T>;
  /** Starts nothing for `ms` milliseconds. A longer pause from an earlier call remains in force. */
  pause(ms: number): void;
  /** Milliseconds until tasks are started again; 0 when there is no pause. */
  readonly pausedMs: () => number;
  /** Limits the tasks that run at once from now on, besides the number of slots. Running tasks go on. */
  setConcurrency(concurrency: number): void;
  /** Rejects every task that waits. */
  refuseAll(reason: (name: string) => Error): void;
}

/**
 * p-limit counts the slots. The line chooses the next task when a slot is free, since p-limit knows neither urgency, nor
 * abandoned tasks, nor pauses.
 */
export function createLine({ concurrency, inSlot, limit, whenFull }: LineOptions): Line {
  const slots = pLimit(concurrency);
  const waiting: Place[] = [];
  /** In the order of starting. */
  const running = new Set<Place>();
  let lookAgain: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;

  const queue: Queue = {
    rotation: createRotation(),
    add(place, at) {
      if (at === 'front') waiting.unshift(place);
      else waiting.push(place);
    },
    remove(place) {
      const index = waiting.indexOf(place);
      if (index >= 0) waiting.splice(index, 1);
    },
  };

  function fillSlots(): void {
    while (slots.activeCount < slots.concurrency) {
      const next = nextOf(waiting, [...running], performance.now());
      if (next === undefined) break;
      queue.remove(next);
      next.endTurn();
      running.add(next);
      next.lane.running += 1;
      void slots(() => inSlot((lost) => run(next, lost))).finally(fillSlots);
    }
    lookSoon();
  }

  async function run(place: Place, lost: AbortSignal): Promise<void> {
    await place.start(lost);
    running.delete(place);
    place.lane.running -= 1;
  }

  /** After what has arrived meanwhile: an answer must not seem late because this process was busy. */
  function lookSoon(): void {
    clearTimeout(lookAgain);
    clearImmediate(soon);
    soon = setImmediate(makeWay);
  }

  /** Cuts off a task that others should not wait for, and looks again while others wait. */
  function makeWay(): void {
    const now = performance.now();
    toCutOff(waiting, [...running], now)?.cutOff();
    const ms = lookAgainMs(waiting, [...running], now);
    if (ms !== undefined) lookAgain = setTimeout(lookSoon, Math.ceil(ms));
  }

  function createLane(): Lane {
    const state: LaneState = { isPaused: false, running: 0, most: Number.POSITIVE_INFINITY, waiting: new Set() };
    let pausedUntil = 0;
    let resume: NodeJS.Timeout | undefined;

    /** Whether the lane has room for one more task, after another has left a full lane for it. */
    function makeRoom(newcomer: Waiting): boolean {
      const queued = waiting.filter((place) => place.lane === state);
      if (queued.length < limit) return true;
      const dropped = whoLeaves(queued, newcomer);
      dropped?.refuse(whenFull(dropped.name));
      return dropped !== undefined;
    }

    return {
      async enter(task, demand, at) {
        demand.signal.throwIfAborted();
        const charged = chargeTask(task, demand);
        try {
          if (at === 'back' && !makeRoom({ demand, payer: charged.payer })) throw whenFull(task.name);
          const answer = takePlace(charged, demand, state, queue, at);
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
      refuseAll(reason) {
        for (const place of state.waiting) place.refuse(reason(place.name));
      },
    };
  }

  return {
    lane: createLane,
    get waiting() {
      return waiting.length;
    },
    get running() {
      return slots.activeCount;
    },
  };
}
