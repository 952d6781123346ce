import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/** Bytes of answers that are made in one turn of the event loop: some 10 ms of work. */
export const TURN_BYTES = 200_000;

/** The turns of the event loop, which all large operations of a process share. */
export interface LoopTurns {
  /** Creates the queue of one operation. Operations with work left are served one after the other. */
  queue(): Pick<WorkQueue, 'add'>;
  /** Counts work that is done in this turn. */
  spend(bytes: number): void;
  /** Whether as much was done in this turn as one may take. */
  isOver(): boolean;
}

/** Creates the turns of a process. */
export function createLoopTurns(): LoopTurns {
  /** Queues with work left, the one served longest ago first. */
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
