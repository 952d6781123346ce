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
 * Charges each run of `task` to a client of `demand`. The first run is reserved now. A run that follows a cut-off is reserved when it
 * begins. So is the first run if awaited requests have taken its reservation. The task rejects with a `ClientLimitedError` if no client
 * has a request left at that point.
 * @throws {ClientLimitedError} when no client has a request left now.
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
        // The demand may have become awaited, or another client may have joined that can pay.
        if (!isCharged) reserve(demand).use();
        return task.run(freeSlot, cutOff);
      },
    },
    release: () => first?.release(),
  };
}
