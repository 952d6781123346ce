import type { Shortage } from '../domain/errors.ts';

/** The right of one operation to do more work than a small one does. */
export interface Permit {
  /** Returns `null` if the operation has the permit. Otherwise resolves when it has, to `null`, or to the reason for the refusal. */
  readonly obtain: () => Promise<Shortage | null> | null;
  readonly isHeld: () => boolean;
  /** Counts a piece of work that waits for its turn or runs. The permit does not end before `endWork` was called for each. */
  readonly beginWork: () => void;
  readonly endWork: () => void;
  /** Whether nobody reads the answer any more. Work that is left must not be done then. */
  readonly isClosed: () => boolean;
  /** Refuses the operation: `obtain` gives this reason from now on. */
  readonly refuse: (shortage: Shortage) => void;
  /** Why the operation was refused; `null` if it was not. */
  readonly refusal: () => Shortage | null;
  /** Lets all parts of the answer be written as they are made, whether or not the client has read the ones before. */
  readonly writeAhead: () => void;
  /**
   * Calls `listen` when the operation has the permit, does no work for some seconds, and so keeps others waiting. It is refused then.
   * Returns a function that ends this.
   */
  readonly onOverdue: (listen: (shortage: Shortage) => void) => () => void;
}

/** A permit that is always granted, for operations that no client waits for. */
export const UNBOUNDED: Permit = {
  obtain: () => null,
  isHeld: () => false,
  beginWork() {},
  endWork() {},
  isClosed: () => false,
  refuse() {},
  refusal: () => null,
  writeAhead() {},
  onOverdue: () => () => {},
};
