/** The result of a run that was ended early. The queue runs the task again later. */
export const CUT_OFF = Symbol('cut off');

/** The abort reason of a run that ends because its slot is lost. Such an end does not count as a sign that the source is slow. */
export const SLOT_LOST = Symbol('slot lost');

/** Work that needs a slot. */
export interface Task<T> {
  /** The name of the task, for logs and error messages. */
  readonly name: string;
  /**
   * Does the work. The slot is free again when the promise settles or when `freeSlot` is called, whichever happens first. When `cutOff` is
   * aborted, the promise must soon resolve to `CUT_OFF`. The queue then calls `run` again later.
   */
  readonly run: (freeSlot: () => void, cutOff: AbortSignal) => Promise<T | typeof CUT_OFF>;
  /** Returns how long a run may take, in milliseconds. After that, the queue may cut it off so that a waiting task can start. */
  readonly yieldAfterMs: () => number;
  /** Returns whether the task is suspected of hanging. */
  readonly isSuspect: () => boolean;
}
