/** Why a large response is refused: its client has too much unread data, or the gateway lacks memory or CPU time for it. */
export type Shortage = 'client' | 'room' | 'time';

/**
 * The permit of one operation to do more work than a small operation does. The memory for large responses is bounded, so only a few
 * operations hold a permit at the same time.
 */
export interface Permit {
  /**
   * Returns `null` if the operation already holds its permit. Otherwise returns a promise. The promise resolves to `null` when the
   * operation gets the permit, or to the reason when the operation is refused.
   */
  readonly obtain: () => Promise<Shortage | null> | null;
  readonly isHeld: () => boolean;
  /**
   * Call this for each piece of work that runs or waits for its turn. The permit does not end before `endWork` was called for each piece.
   */
  readonly beginWork: () => void;
  readonly endWork: () => void;
  /** Whether the request has ended. The operation must then do no further work. */
  readonly isClosed: () => boolean;
  /** Refuses the operation: from now on `obtain` resolves to this reason. */
  readonly refuse: (shortage: Shortage) => void;
  /** Why the operation was refused; `null` if it was not. */
  readonly refusal: () => Shortage | null;
  /** Lets the parts of the response be written as they are made, without waiting until the client has read earlier parts. */
  readonly writeAhead: () => void;
  /**
   * Calls `listen` with the reason when the operation is refused. A running operation is refused when it holds its permit, has done no work
   * for some seconds and keeps other operations waiting. Returns a function that removes the listener.
   */
  readonly onOverdue: (listen: (shortage: Shortage) => void) => () => void;
}

/** A permit that is always granted, for operations without a client connection. */
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
