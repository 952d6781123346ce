import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/**
 * How much work large operations may do in one turn of the event loop, in bytes of the response. Producing these bytes takes about 10 ms.
 */
export const TURN_BYTES = 200_000;

/** Shares the turns of the event loop among all large operations of a process. */
export interface LoopTurns {
  /** Creates the work queue of one operation. All queues that contain work are served in rotation. */
  queue(): Pick<WorkQueue, 'add'>;
  /** Counts work that was done in this turn of the event loop, in bytes of the response. */
  spend(bytes: number): void;
  /** Whether this turn has already done the maximum amount of work. */
  isOver(): boolean;
}

/** Creates a `LoopTurns` without any queues. */
export function createLoopTurns(): LoopTurns {
  /** The queues with remaining work. The queue that was served longest ago comes first. */
  const busy = new Set<WorkQueue>();
  let isScheduled = false;
  let spent = 0;

  function take(): void {
    spent = 0;
    for (const queue of busy) queue.beginTurn();
    const round = [...busy];
    for (const queue of round) {
      if (spent >= TURN_BYTES) break;
      const work = queue.takeNext();
      if (work === undefined) continue;
      busy.delete(queue);
      busy.add(queue);
      round.push(queue);
      work();
    }
    for (const queue of busy) if (queue.isEmpty()) busy.delete(queue);
    isScheduled = busy.size > 0;
    if (isScheduled) setImmediate(take);
  }

  return {
    queue() {
      const queue = createWorkQueue();
      return {
        add(work) {
          queue.add(work);
          busy.add(queue);
          if (isScheduled) return;
          isScheduled = true;
          setImmediate(take);
        },
      };
    },
    spend(bytes) {
      spent += bytes;
    },
    isOver: () => spent >= TURN_BYTES,
  };
}
