import type { IncomingMessage } from 'node:http';
import type { ResponsePermit } from '../response-memory/response-permit.ts';
import type { Client } from '../response-memory/sink.ts';

/** What the GraphQL code can read from the WebSocket over which an operation arrived, and what it can do with this WebSocket. */
export interface OperationConnection {
  /** The request that opened the WebSocket. */
  readonly req: IncomingMessage;
  /** Aborted when the WebSocket has closed. */
  readonly signal: AbortSignal;
  /** Closes the WebSocket at once. */
  readonly disconnect: () => void;
  readonly permit: ResponsePermit;
}

/** The data that the gateway stores for one open WebSocket. */
export interface SocketState extends Omit<OperationConnection, 'permit'> {
  /** The ids of operations that have no result yet. */
  readonly starting: Set<string>;
  /**
   * The permits of operations in progress. An operation needs its permit to create a large response. The key is the payload of the
   * operation. The id is not the key, because a client may reuse an id at once.
   */
  readonly permits: Map<object, ResponsePermit>;
  /** Large results as JSON, by the ids of their operations. Each result is stored until graphql-ws sends the message for it. */
  readonly texts: Map<string, string>;
  /** The client whose limits for unread bytes and large responses apply to this WebSocket. */
  readonly client: Client;
  /** An HTTP request that represents this WebSocket in the GraphQL code; `undefined` until the message `connection_init` has arrived. */
  request?: Request;
}
