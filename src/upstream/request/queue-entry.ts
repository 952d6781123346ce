import { setMaxListeners } from 'node:events';
import type { Demand } from '../../domain/catalog.ts';
import type { Client } from '../../domain/client.ts';
import type { ChargedTask } from './charged-task.ts';
import type { Rotation } from './rotation.ts';
import type { Schedulable } from './scheduling.ts';

/** The result of a run that was cut off to make way for another task. */
export const CUT_OFF = Symbol('cut off');

/** The abort reason of a run that has lost its slot. It is no sign of a slow source. */
export const SLOT_LOST = Symbol('slot lost');

/** Work that needs a slot. */
export interface Task<T> {
  /** For logs and error messages. */
  readonly name: string;
  /**
   * Does the work. The slot is free again when the promise settles or when `leave` is called, whichever is first. When `cutOff` is aborted,
   * the promise must soon resolve to `CUT_OFF`, and the queue calls `run` again later.
   */
  readonly run: (leave: () => void, cutOff: AbortSignal) => Promise<T | typeof CUT_OFF>;
  /** How long a run may take, in milliseconds, before it makes way for waiting tasks. */
  readonly yieldAfterMs: () => number;
  /** Whether the task is suspected to hang. */
  readonly isSuspect: () => boolean;
}

/** The state of a lane, as its entries see it. */
export interface LaneState {
  isPaused: boolean;
  running: number;
  most: number;
  /** Entries whose task has not started, including those that wait for a slot of the fleet. */
  readonly waiting: Set<QueueEntry>;
}

/** What an entry needs of the queue. */
export interface Queue {
  readonly rotation: Rotation;
  readonly add: (entry: QueueEntry, at: 'front' | 'back') => void;
  readonly remove: (entry: QueueEntry) => void;
}

/** A task in the queue, from entering until its promise settles. */
export interface QueueEntry extends Schedulable {
  readonly name: string;
  readonly payer: Client;
  readonly lane: LaneState;
  /** Ends the turn of the client that this task belongs to. The queue calls it when it gives the task a slot. */
  readonly endTurn: () => void;
  /** Runs the task in a slot. Resolves when the slot is free again. When `lost` is aborted, the run ends and the task waits again. */
  readonly start: (lost: AbortSignal) => Promise<void>;
  /** Ends a run early and puts the task back into the queue. */
  readonly cutOff: () => void;
  /** Rejects the task, which must not have started. */
  readonly refuse: (error: Error) => void;
}

/** Queues a task and settles as the task does. Rejects with the reason of `demand.signal` if that is aborted while the task waits. */
export function enterQueue<T>(
  { task: { name, run, yieldAfterMs, isSuspect }, payer }: Pick<ChargedTask<T>, 'task' | 'payer'>,
  demand: Demand,
  lane: LaneState,
  queue: Queue,
  at: 'front' | 'back',
): Promise<T> {
  return new Promise((resolve, reject) => {
    const number = queue.rotation.tick();
    let isAtFront = false;
    let startedAt: number | null = null;
    let cutOff = new AbortController();
    let wasCutOff = false;
    let isSpent = false;

    function wait(where: 'front' | 'back'): void {
      demand.signal.addEventListener('abort', abandon);
      lane.waiting.add(entry);
      add(where);
    }

    function add(where: 'front' | 'back'): void {
      isAtFront = where === 'front';
      queue.add(entry, where);
    }

    function stopWaiting(): void {
      demand.signal.removeEventListener('abort', abandon);
      lane.waiting.delete(entry);
      queue.remove(entry);
    }

    function abandon(): void {
      stopWaiting();
      reject(demand.signal.reason);
    }

    /** Runs the task once. Resolves when its slot is free. */
    function runOnce(): Promise<void> {
      return new Promise((free) => {
        const leave = () => {
          startedAt = null;
          free();
        };
        startedAt = performance.now();
        const answered = () => {
          // A cut-off at the same moment may have queued the task again. An answered task must not run again.
          stopWaiting();
          leave();
        };
        void settle(run(answered, cutOff.signal)).finally(leave);
      });
    }

    async function settle(result: Promise<T | typeof CUT_OFF>): Promise<void> {
      try {
        const value = await result;
        if (value === CUT_OFF) return;
        // The answer may have arrived while the request was being cut off, which queued the task again.
        stopWaiting();
        resolve(value);
      } catch (error) {
        stopWaiting();
        reject(error);
      }
    }

    /** Ends a run that has lost its slot, and puts the task back at the front of the queue. */
    function endRun(): void {
      if (startedAt === null || cutOff.signal.aborted) return;
      cutOff.abort(SLOT_LOST);
      if (demand.signal.aborted) reject(demand.signal.reason);
      else wait('front');
    }

    const entry: QueueEntry = {
      name,
      demand,
      payer,
      lane,
      cameAt: performance.now(),
      get turn() {
        return isAtFront ? Number.NEGATIVE_INFINITY : queue.rotation.turnOf(demand, number);
      },
      endTurn: () => queue.rotation.started(demand, number),
      get startedAt() {
        return startedAt;
      },
      get yieldAfterMs() {
        return yieldAfterMs();
      },
      get isSuspect() {
        return wasCutOff || isSuspect();
      },
      get isEnding() {
        return startedAt !== null && cutOff.signal.aborted;
      },
      get isSpent() {
        return isSpent;
      },
      async start(lost) {
        const isWanted = lane.waiting.has(entry);
        // The queue may have chosen this entry long ago: a slot of the fleet may take a while to become free.
        if (isWanted && (lane.isPaused || lost.aborted)) add('front');
        else if (isWanted) {
          stopWaiting();
          cutOff = new AbortController();
          lost.addEventListener('abort', endRun);
          await runOnce();
          lost.removeEventListener('abort', endRun);
        }
      },
      cutOff() {
        isSpent = wasCutOff || isSuspect();
        wasCutOff = true;
        cutOff.abort();
        if (demand.signal.aborted) reject(demand.signal.reason);
        else wait('back');
      },
      refuse(error) {
        stopWaiting();
        reject(error);
      },
    };
    // Many tasks may listen to the signal of one demand.
    setMaxListeners(0, demand.signal);
    wait(at);
  });
}
