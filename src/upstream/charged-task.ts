import type { Demand } from '../domain/catalog.ts';
import { type Client, type Reservation, reserve } from '../domain/client.ts';
import type { Task } from './place.ts';

/** A task whose runs are charged to a client. */
export interface ChargedTask<T> {
  readonly task: Task<T>;
  /** The client that the first run is charged to. */
  readonly payer: Client;
  /** Gives back the first run, unless it has begun. */
  readonly release: () => void;
}

/**
 * Charges each run of `task` to a client of `demand`. The first run is reserved now. A later one, after a cut-off, is reserved when it
 * begins, and so is the first one if questions that somebody waits for have taken its place: the task then rejects with a
 * `ClientLimitedError` when no client has a request left.
 * @throws {ClientLimitedError} when no client has a request left now.
 */
export function chargeTask<T>(task: Task<T>, demand: Demand): ChargedTask<T> {
  const reservation = reserve(demand);
  let first: Reservation | null = reservation;
  return {
    payer: reservation.payer,
    task: {
      ...task,
      async run(leave, cutOff) {
        const isCharged = first?.use() === true;
        first = null;
        // Somebody may wait for it by now, or another client be able to pay.
        if (!isCharged) reserve(demand).use();
        return task.run(leave, cutOff);
      },
    },
    release: () => first?.release(),
  };
}
