/**
 * Runs a task in one of the slots that all replicas share, as soon as a slot is free. Settles as the task does. When `lost` is aborted, the
 * slot may already belong to another replica, so the task must end immediately.
 */
export type InSlot = <T>(task: (lost: AbortSignal) => Promise<T>) => Promise<T>;

/** Runs every task at once. This is for a gateway without other replicas. */
export const IN_ANY_SLOT: InSlot = (task) => task(new AbortController().signal);
