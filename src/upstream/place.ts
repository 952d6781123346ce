import { setMaxListeners } from 'node:events';
import type { Demand } from '../domain/catalog.ts';
import type { Client } from '../domain/client.ts';
import type { ChargedTask } from './charged-task.ts';
import type { Rotation } from './rotation.ts';
import type { Turn } from './turns.ts';

/** Result of a run that was cut off to make way for another task. */
export const CUT_OFF = Symbol('cut off');

/** The reason of a run's abort signal when the run has lost its slot, which says nothing about the source. */
export const SLOT_LOST = Symbol('slot lost');

/** Something that needs a slot. */
export interface Task<T> {
  /** For people. */
  readonly name: string;
  /**
   * Does the work. The slot is free when the promise settles, or as soon as `leave` is called. After `cutOff` is aborted it
   * resolves to `CUT_OFF` soon, and is called again later.
   */
  readonly run: (leave: () => void, cutOff: AbortSignal) => Promise<T | typeof CUT_OFF>;
  /** How long a run may take, in milliseconds, before it makes way for tasks that wait. */
  readonly patienceMs: () => number;
  /** Whether it is known to hang. */
  readonly isSuspect: () => boolean;
}

/** A lane, as its places see it. */
export interface LaneState {
  isPaused: boolean;
  running: number;
  most: number;
  /** Places that are not started, those that wait for a slot of the fleet included. */
  readonly waiting: Set<Place>;
}

/** What places need of the line. */
export interface Queue {
  readonly rotation: Rotation;
  readonly add: (place: Place, at: 'front' | 'back') => void;
  readonly remove: (place: Place) => void;
}

/** A task in the line, from entering until its promise settles. */
export interface Place extends Turn {
  readonly name: string;
  readonly payer: Client;
  readonly lane: LaneState;
  /** Lets other clients go first from now on, because the task is given a slot. */
  readonly endTurn: () => void;
  /** Runs the task in a slot. Resolves when the slot is free again. When `lost` is aborted, the run ends and the task waits again. */
  readonly start: (lost: AbortSignal) => Promise<void>;
  /** Ends a run early and puts the task back into the queue. */
  readonly cutOff: () => void;
  /** Rejects the task, which must not have been started. */
  readonly refuse: (error: Error) => void;
}

/** Puts a task into the queue and settles as it does, or with the reason of `demand.signal` when that is aborted while it waits. */
export function takePlace<T>(
  { task: { name, run, patienceMs, isSuspect }, payer }: Pick<ChargedTask<T>, 'task' | 'payer'>,
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
      lane.waiting.add(place);
      add(where);
    }

    function add(where: 'front' | 'back'): void {
      isAtFront = where === 'front';
      queue.add(place, where);
    }

    function stopWaiting(): void {
      demand.signal.removeEventListener('abort', abandon);
      lane.waiting.delete(place);
      queue.remove(place);
    }

    function abandon(): void {
      stopWaiting();
      reject(demand.signal.reason);
    }

    /** Resolves when the slot is free. */
    function runOnce(): Promise<void> {
      return new Promise((free) => {
        const leave = () => {
          startedAt = null;
          free();
        };
        startedAt = performance.now();
        const answered = () => {
          // Its request may be cut off at the same moment; it must not be made again.
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
        // An answer may arrive while its request is being cut off.
        stopWaiting();
        resolve(value);
      } catch (error) {
        stopWaiting();
        reject(error);
      }
    }

    /** Ends a run that has lost its slot, and puts the task back in front of the queue. */
    function endRun(): void {
      if (startedAt === null || cutOff.signal.aborted) return;
      cutOff.abort(SLOT_LOST);
      if (demand.signal.aborted) reject(demand.signal.reason);
      else wait('front');
    }

    const place: Place = {
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
      get patienceMs() {
        return patienceMs();
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
        const isWanted = lane.waiting.has(place);
        // A slot of the fleet may be free long after the line has chosen this place.
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
    // One demand may be for many tasks.
    setMaxListeners(0, demand.signal);
    wait(at);
  });
}
