import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { Demand } from '../domain/catalog.ts';

/** What the line needs. */
export interface LineOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Tasks that may wait. */
  readonly limit: number;
  /** What a task of this name is refused with when too many wait. */
  readonly whenFull: (name: string) => Error;
}

/** Tasks that wait for one of a few slots. */
export interface Line {
  /**
   * Runs `task` when it has a slot: what somebody waits for first, then in the order of coming. Rejects at once when too
   * many wait, and with the reason of `demand.signal` when that is aborted before the task is started. `'front'` is before
   * all who wait, and for one who comes when it is full too.
   */
  enter<T>(name: string, task: () => Promise<T>, demand: Demand, at: 'front' | 'back'): Promise<T>;
  /** Starts nothing for `ms` milliseconds; a longer pause that was asked for before still holds. */
  pause(ms: number): void;
  /** Milliseconds until tasks are started again; 0 when they are. */
  pausedMs(): number;
  /** Tasks that may run at once from now on, at most the number of slots; what runs already goes on. */
  setConcurrency(concurrency: number): void;
  /** Rejects every task that waits. */
  refuseAll(reason: (name: string) => Error): void;
  /** Tasks that wait. */
  readonly waiting: number;
  /** Tasks that run. */
  readonly running: number;
}

interface Place {
  readonly name: string;
  readonly demand: Demand;
  readonly start: () => Promise<void>;
  readonly refuse: (error: Error) => void;
}

/**
 * p-limit holds the slots. Who comes next is decided here, when a slot is free, since p-limit knows neither urgency, nor
 * leaving, nor pauses.
 */
export function createLine({ concurrency, limit: mostWaiting, whenFull }: LineOptions): Line {
  const slots = pLimit(concurrency);
  const places: Place[] = [];
  let pausedUntil = 0;
  let resume: NodeJS.Timeout | undefined;

  function fillSlots(): void {
    if (pausedUntil > 0) return;
    while (places.length > 0 && slots.activeCount < slots.concurrency) {
      void slots(takeNext().start).finally(fillSlots);
    }
  }

  function takeNext(): Place {
    const index = places.findIndex(({ demand }) => demand.awaited);
    const [place] = places.splice(Math.max(index, 0), 1);
    if (place === undefined) throw new Error('nobody is in the line');
    return place;
  }

  /** In a full line, a renewal that nobody waits for makes room for a question that somebody waits for. */
  function makeRoom({ awaited }: Demand): boolean {
    if (places.length < mostWaiting) return true;
    const index = awaited ? places.findLastIndex((place) => !place.demand.awaited) : -1;
    const [dropped] = index < 0 ? [] : places.splice(index, 1);
    dropped?.refuse(whenFull(dropped.name));
    return dropped !== undefined;
  }

  function queue<T>(name: string, task: () => Promise<T>, demand: Demand, at: 'front' | 'back'): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        const index = places.indexOf(place);
        if (index >= 0) places.splice(index, 1);
        reject(demand.signal.reason);
      };
      const stay = () => demand.signal.removeEventListener('abort', leave);
      const place: Place = {
        name,
        demand,
        start() {
          stay();
          return task().then(resolve, reject);
        },
        refuse(error) {
          stay();
          reject(error);
        },
      };
      // One wish may be for many tasks.
      setMaxListeners(0, demand.signal);
      demand.signal.addEventListener('abort', leave);
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
    setConcurrency(most) {
      slots.concurrency = Math.min(most, concurrency);
      fillSlots();
    },
    refuseAll(reason) {
      for (const { name, refuse } of places.splice(0)) refuse(reason(name));
    },
    get waiting() {
      return places.length;
    },
    get running() {
      return slots.activeCount;
    },
  };
}
