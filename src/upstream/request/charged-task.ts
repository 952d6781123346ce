import type { Demand } from '../../domain/catalog.ts';
import { type Client, type Reservation, reserve } from '../../domain/client.ts';
import type { Task } from './task.ts';

/** A task that charges each of its runs to a client. */
export interface ChargedTask<T> {
  readonly task: Task<T>;
  /** The client that pays for the first run. */
  readonly payer: Client;
  /** Cancels the reservation of the first run if that run has not begun. */
  readonly release: () => void;
}

/**
 * Charges each run of `task` to the budget of a client of `demand`. This call reserves a place in a budget for the first run. Each later
 * run (after a cut-off) reserves a place when it begins. The first run does so too, if its reservation was given to a request that a client
 * waits for. If no client has any budget left when a run begins, the task rejects with a `ClientLimitedError`.
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
        // A new reservation may succeed although the first one was lost: in the meantime, a client may have begun to wait, or another
        // client that can pay may have joined.
        if (!isCharged) reserve(demand).use();
        return task.run(freeSlot, cutOff);
      },
    },
    release: () => first?.release(),
  };
}
