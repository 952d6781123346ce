/**
 * Runs a task in one of the slots that all replicas share, as soon as one is free. Settles as the task does. When `lost` is aborted, the
 * slot may already belong to another replica, so the task must end at once.
 */
export type InSlot = <T>(task: (lost: AbortSignal) => Promise<T>) => Promise<T>;

/** Runs tasks without a limit across replicas, for a gateway that runs alone. */
export const IN_ANY_SLOT: InSlot = (task) => task(new AbortController().signal);
