/** Identifies the client that a limit applies to: the client's name, or its connection if it has no name. */
export type Client = string | object;

/** A response or a WebSocket, to which the gateway writes bytes for one client. */
export interface Sink {
  readonly client: Client;
  /**
   * Returns the number of bytes that were written but not yet accepted by the operating system. Until it accepts them, they occupy the
   * gateway's memory.
   */
  readonly unread: () => number;
  /** Returns the number of bytes that the operating system has taken from the connection so far. */
  readonly taken: () => number;
  /** Closes the connection and frees the bytes that have not been sent. */
  readonly cut: () => void;
}
