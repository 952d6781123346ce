/**
 * Waits for a free slot, runs a task in the slot, and returns the result of the task. All replicas share a limited number of slots. When
 * `lost` is aborted, another replica may already use the slot, so the task must end immediately.
 */
export type InSlot = <T>(task: (lost: AbortSignal) => Promise<T>) => Promise<T>;

/** Runs every task immediately. A gateway without other replicas uses this function. */
export const IN_ANY_SLOT: InSlot = (task) => task(new AbortController().signal);
