import { Dispatcher } from './dispatcher.ts';
import type { InSlot } from './in-slot.ts';
import { createLane, type Lane, type LaneOptions } from './lane.ts';

/** Limits and dependencies of `createRequestQueue`. The limits of `LaneOptions` apply to each lane separately. */
export interface RequestQueueOptions extends LaneOptions {
  /** The maximum number of tasks of this queue that run at the same time. */
  readonly concurrency: number;
  /** Runs a task in one of the slots that all replicas share. These slots limit the running tasks of all replicas together. */
  readonly inSlot: InSlot;
}

/** A queue in which tasks wait for one of a few slots. */
export interface RequestQueue {
  /** Creates a lane for one source. While one lane is paused or has reached its limit, tasks of other lanes still get slots. */
  createLane(): Lane;
  /** The number of waiting tasks. */
  readonly waiting: number;
  /** The number of running tasks. */
  readonly running: number;
}

/** Creates a queue that has no lanes yet. */
export function createRequestQueue({ concurrency, inSlot, ...limits }: RequestQueueOptions): RequestQueue {
  const dispatcher = new Dispatcher(concurrency, inSlot);
  return {
    createLane: () => createLane(dispatcher, limits),
    get waiting() {
      return dispatcher.waiting.entries.length;
    },
    get running() {
      return dispatcher.running;
    },
  };
}
