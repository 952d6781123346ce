import type { Demand } from '../../domain/catalog.ts';
import { type Client, type Reservation, reserve } from '../../domain/client.ts';
import type { Task } from './task.ts';

/** A task that counts each of its runs against the request budget of a client. A task runs again if it was cut off. */
export interface ChargedTask<T> {
  readonly task: Task<T>;
  /** The client whose budget the first run counts against. */
  readonly payer: Client;
  /** Frees the place in the budget that is reserved for the first run, if that run has not begun. */
  readonly release: () => void;
}

/**
 * Counts each run of `task` against the budget of one of the clients of `demand`. For the first run, a place in a budget is reserved now.
 * If no client waits for the task, a request that a client waits for may take this place until the first run begins. The first run then
 * reserves another place when it begins. Each later run (after a cut-off) reserves its place when it begins. If no client has any budget
 * left when a run begins, the task rejects with a `ClientLimitedError`.
 * @throws {ClientLimitedError} when no client has any budget left now.
 */
export function chargeTask<T>(task: Task<T>, demand: Demand): ChargedTask<T> {
  const reservation = reserve(demand);
  let first: Reservation | null = reservation;
  return {
    payer: reservation.payer,
    task: {
      ...task,
      async run(freeSlot, cutOff) {
        const isCharged = first?.use() === true;
        first = null;
        // If the first reservation was lost, a new one may still succeed: by now, a client may wait for the answer, or another client with
        // budget left may need it.
        if (!isCharged) reserve(demand).use();
        return task.run(freeSlot, cutOff);
      },
    },
    release: () => first?.release(),
  };
}
