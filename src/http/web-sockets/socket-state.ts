import type { IncomingMessage } from 'node:http';
import type { ResponsePermit } from '../response-memory/response-permit.ts';
import type { Client } from '../response-memory/sink.ts';

/** The WebSocket over which an operation arrived, as the GraphQL layer uses it. */
export interface OperationConnection {
  /** The request that opened the WebSocket. */
  readonly req: IncomingMessage;
  /** Aborted when the WebSocket has closed. */
  readonly signal: AbortSignal;
  /** Closes the WebSocket at once. */
  readonly disconnect: () => void;
  readonly permit: ResponsePermit;
}

/** What the gateway stores for one open WebSocket. */
export interface SocketState extends Omit<OperationConnection, 'permit'> {
  /** The ids of operations that have no result yet. */
  readonly starting: Set<string>;
  /**
   * The permits of operations in progress, by the payload of the operation. The id of an operation is not used as the key, because a client
   * may reuse an id at once.
   */
  readonly permits: Map<object, ResponsePermit>;
  /** Large results as JSON, by the ids of their operations. Each result is stored until graphql-ws sends the message for it. */
  readonly texts: Map<string, string>;
  /** The client that the limits for unread bytes and permits apply to. */
  readonly client: Client;
  /** The HTTP request that the GraphQL layer sees for all operations of this WebSocket. `undefined` until `connection_init` has arrived. */
  request?: Request;
}
