import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Demand } from '../domain/catalog.ts';

/** Runs a task when fewer than the number of slots run over all replicas. Rejects as the task does. */
export type InSlot = <T>(task: () => Promise<T>) => Promise<T>;

/** For a gateway that is alone. */
export const IN_ANY_SLOT: InSlot = (task) => task();

/** What is done in a slot, and maybe goes on after it has called `leave`. */
export type Task<T> = (leave: () => void) => Promise<T>;

/** What the line needs. */
export interface LineOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Another limit, over all replicas. */
  readonly inSlot: InSlot;
  /** Tasks that may wait in each lane. */
  readonly limit: number;
  /** What a task of this name is refused with when too many wait. */
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
   * Runs `task` when it has a slot: what somebody waits for first, then in the order of coming. Rejects at once when too
   * many wait in the lane, and with the reason of `demand.signal` when that is aborted before the task is started. `'front'`
   * is before all who wait, and for one who comes when it is full too. The slot is free again when the task ends, or calls `leave`.
   */
  enter<T>(name: string, task: Task<T>, demand: Demand, at: 'front' | 'back'): Promise<T>;
  /** Starts nothing for `ms` milliseconds; a longer pause that was asked for before still holds. */
  pause(ms: number): void;
  /** Milliseconds until tasks are started again; 0 when they are. */
  readonly pausedMs: () => number;
  /** Tasks that may run at once from now on, besides what the number of slots allows; what runs already goes on. */
  setConcurrency(concurrency: number): void;
  /** Rejects every task that waits. */
  refuseAll(reason: (name: string) => Error): void;
}

interface Place {
  readonly name: string;
  readonly demand: Demand;
  readonly mayStart: () => boolean;
  /** Called when it is the next, a moment before it is started. */
  readonly onTaken: () => void;
  readonly start: () => Promise<void>;
  readonly refuse: (error: Error) => void;
}

/**
 * p-limit holds the slots. Who comes next is decided here, when a slot is free, since p-limit knows neither urgency, nor
 * leaving, nor pauses.
 */
export function createLine({ concurrency, inSlot, limit: mostWaiting, whenFull }: LineOptions): Line {
  const slots = pLimit(concurrency);
  const places: Place[] = [];

  function fillSlots(): void {
    while (slots.activeCount < slots.concurrency) {
      const next = takeNext();
      if (next === undefined) return;
      next.onTaken();
      void slots(() => inSlot(next.start)).finally(fillSlots);
    }
  }

  function takeNext(): Place | undefined {
    const startable = places.filter(({ mayStart }) => mayStart());
    const next = startable.find(({ demand }) => demand.awaited) ?? startable[0];
    if (next !== undefined) remove(next);
    return next;
  }

  function remove(place: Place): void {
    const index = places.indexOf(place);
    if (index >= 0) places.splice(index, 1);
  }

  function createLane(): Lane {
    const ofLane = new Set<Place>();
    let most = Number.POSITIVE_INFINITY;
    let running = 0;
    let pausedUntil = 0;
    let resume: NodeJS.Timeout | undefined;

    const mayStart = () => pausedUntil === 0 && running < most;

    /** In a full lane, a renewal that nobody waits for makes room for a question that somebody waits for. */
    function makeRoom({ awaited }: Demand): boolean {
      const waiting = places.filter((place) => ofLane.has(place));
      if (waiting.length < mostWaiting) return true;
      const dropped = awaited ? waiting.findLast((place) => !place.demand.awaited) : undefined;
      if (dropped === undefined) return false;
      remove(dropped);
      dropped.refuse(whenFull(dropped.name));
      return true;
    }

    function queue<T>(name: string, task: Task<T>, demand: Demand, at: 'front' | 'back'): Promise<T> {
      return new Promise((resolve, reject) => {
        /** Until it is started, refused or left: a slot of all replicas may have to be waited for. */
        let isHere = true;
        const leave = () => {
          remove(place);
          stay();
          reject(demand.signal.reason);
        };
        const stay = () => {
          isHere = false;
          ofLane.delete(place);
          demand.signal.removeEventListener('abort', leave);
        };
        const place: Place = {
          name,
          demand,
          mayStart,
          onTaken() {
            running += 1;
          },
          async start() {
            if (isHere && pausedUntil > 0) places.unshift(place);
            else if (isHere) {
              stay();
              await new Promise<void>((free) => {
                task(free).then(resolve, reject).finally(free);
              });
            }
            running -= 1;
          },
          refuse(error) {
            stay();
            reject(error);
          },
        };
        // One wish may be for many tasks.
        setMaxListeners(0, demand.signal);
        demand.signal.addEventListener('abort', leave);
        ofLane.add(place);
        if (at === 'front') places.unshift(place);
        else places.push(place);
        fillSlots();
      });
    }

    return {
      async enter(name, task, demand, at) {
        demand.signal.throwIfAborted();
        if (at === 'back' && !makeRoom(demand)) throw whenFull(name);
        return queue(name, task, demand, at);
      },
      pause(ms) {
        const until = Date.now() + ms;
        if (until <= pausedUntil) return;
        pausedUntil = until;
        clearTimeout(resume);
        resume = setTimeout(() => {
          pausedUntil = 0;
          fillSlots();
        }, ms);
      },
      pausedMs: () => Math.max(0, pausedUntil - Date.now()),
      setConcurrency(concurrencyOfLane) {
        most = concurrencyOfLane;
        fillSlots();
      },
      refuseAll(reason) {
        for (const place of ofLane) {
          remove(place);
          place.refuse(reason(place.name));
        }
      },
    };
  }

  return {
    lane: createLane,
    get waiting() {
      return places.length;
    },
    get running() {
      return slots.activeCount;
    },
  };
}
