/**
 * The reason why a large response is refused. 'client': too much of the data that was sent to the client is still unread. 'room': the
 * gateway lacks memory for the response. 'time': the gateway lacks CPU time for it.
 */
export type Shortage = 'client' | 'room' | 'time';

/**
 * The permit that an operation needs to do more work than a small operation, such as producing a large response. The memory for large
 * responses is limited, so only a few operations hold a permit at the same time.
 */
export interface Permit {
  /**
   * Requests the permit. Returns `null` if the operation already holds it. Otherwise returns a promise, which resolves to `null` when the
   * operation gets the permit, or to the reason when the operation is refused.
   */
  readonly obtain: () => Promise<Shortage | null> | null;
  readonly isHeld: () => boolean;
  /**
   * Call this when a piece of work is queued or starts, and call `endWork` when this piece has ended. The operation keeps its permit until
   * all pieces have ended.
   */
  readonly beginWork: () => void;
  readonly endWork: () => void;
  /** Whether the client's request has ended. The operation must then do no further work. */
  readonly isClosed: () => boolean;
  /** Refuses the operation for the reason `shortage`. From then on, `obtain` resolves to this reason. */
  readonly refuse: (shortage: Shortage) => void;
  /** Returns the reason why the operation was refused, or `null` if it was not. */
  readonly refusal: () => Shortage | null;
  /**
   * Turns off back-pressure: from now on, each part of the response is written as soon as it is produced. Without this call, each part
   * waits until the client has read the earlier parts.
   */
  readonly writeAhead: () => void;
  /**
   * Registers `listen`, which is called with the reason when the operation is refused. This can happen even after it got its permit: if it
   * does no work for some seconds while other operations wait for a permit. Returns a function that removes the listener.
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
