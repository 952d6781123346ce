import { type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import type { GraphQLParams } from 'graphql-yoga';
import type { Identify } from '../client-identity.ts';
import { createKeyCheck } from '../client-keys.ts';
import type { OperationResult } from '../formatted-result.ts';
import type { InFlight } from '../in-flight.ts';
import type { RateCheck } from '../rate-limit.ts';
import type { ResponsePermit } from '../response-memory/response-permit.ts';
import type { Client } from '../response-memory/sink.ts';
import { toPayload } from './large-results.ts';
import type { OperationConnection, SocketState } from './socket-state.ts';

/** Dependencies of `createOperationProtocol`. */
export interface OperationProtocolOptions {
  /** The path of the GraphQL endpoint. */
  readonly endpoint: string;
  /** The client keys. If there are any, a client must send one of them as a bearer token. */
  readonly keys: readonly string[];
  readonly identify: Identify;
  readonly rateLimit: RateCheck;
  /** Runs an operation. Never rejects: every error is part of the result, with a message that clients may see. */
  readonly answer: (
    params: GraphQLParams,
    request: Request,
    connection: OperationConnection,
  ) => Promise<OperationResult | AsyncIterable<OperationResult>>;
  readonly openPermit: (client: () => Client, cut: () => void) => ResponsePermit;
}

type Handler = () => Promise<OperationResult | AsyncIterable<OperationResult>>;

/**
 * Creates the server side of the graphql-transport-ws protocol, with the package graphql-ws. Operations are parsed and executed by the same
 * code as operations over HTTP. A client that cannot send headers sends its key in `connectionParams`, as `authorization` in any letter
 * case.
 */
export function createOperationProtocol(options: OperationProtocolOptions, inFlight: InFlight): Server<SocketState> {
  const { endpoint, keys } = options;
  const hasKey = createKeyCheck(keys);
  return makeServer<Readonly<Record<string, unknown>>, SocketState>({
    onConnect({ extra, connectionParams }) {
      extra.request = toRequest(extra, endpoint, authorizationIn(connectionParams ?? {}));
      return keys.length === 0 || hasKey(extra.request.headers.get('authorization'));
    },
    async onSubscribe({ extra }, id, payload) {
      const { request, req, starting } = extra;
      if (request === undefined) throw new Error('an operation before the connection was initialised');
      // A client may cancel an operation that has no result yet. graphql-ws would then let another operation use the same id, although the
      // first operation is still starting. So this code checks the id itself.
      if (starting.has(id)) throw new Error(`operation ${id} has not begun yet`);
      starting.add(id);
      const refusal = await options.rateLimit(options.identify(request.headers.get('authorization'), req));
      if (refusal !== null) {
        starting.delete(id);
        return [new GraphQLError(refusal.message, { extensions: { code: refusal.code } })];
      }
      inFlight.begin();
      const permit = openPermit(extra, payload, options);
      // The protocol requires a query. So a client that identifies an operation only by its hash sends an empty query. This code removes
      // the empty query.
      const { query, ...params } = payload;
      const sent = (query === '' ? params : { query, ...params }) as GraphQLParams;
      const run: Handler = () => options.answer(sent, request, { ...extra, permit }).finally(() => starting.delete(id));
      return { document: ANY_SUBSCRIPTION, contextValue: run } as ExecutionArgs;
    },
    subscribe: ({ contextValue }) => (contextValue as Handler)() as Promise<never>,
    onNext({ extra }, id, payload, _args, result) {
      // graphql-ws sends the result right after this callback, so the bytes of the result count as unread from now on.
      extra.permits.get(payload)?.written();
      return toPayload(result, (text) => extra.texts.set(id, text));
    },
    onComplete({ extra }, _id, payload) {
      extra.permits.get(payload)?.close();
      extra.permits.delete(payload);
      inFlight.end();
    },
  });
}

/**
 * A placeholder for the document of every operation. graphql-ws chooses by this document whether to execute or to subscribe. With a
 * subscription, it always calls `subscribe`, which runs operations of any type.
 */
const ANY_SUBSCRIPTION = parse('subscription { any }');

function openPermit(
  { client, disconnect, permits, signal }: SocketState,
  payload: object,
  options: OperationProtocolOptions,
): ResponsePermit {
  const permit = options.openPermit(() => client, disconnect);
  permits.set(payload, permit);
  // The connection may have closed while the rate limit was checked. In that case, nothing else would release the new permit.
  if (signal.aborted) permit.close();
  return permit;
}

/** Returns the value of `authorization` in `connectionParams`. As with HTTP headers, the letter case of the name does not matter. */
function authorizationIn(params: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(params).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

/** Creates an HTTP request that represents a WebSocket connection. The GraphQL code receives this request with each operation. */
function toRequest({ req, signal }: SocketState, endpoint: string, authorization: unknown): Request {
  const headers = new Headers({ 'x-request-id': String(req.headers['x-request-id'] ?? '') });
  const token = authorization ?? req.headers.authorization;
  if (typeof token === 'string' && /^[\x20-\x7e]*$/.test(token)) headers.set('authorization', token);
  return new Request(`http://${req.headers.host ?? 'localhost'}${endpoint}`, { method: 'POST', headers, signal });
}
