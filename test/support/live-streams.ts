import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A subscription that a board has requested. The test answers it. */
export interface LiveStream {
  readonly variables: { readonly gpuCount: number; readonly lastEventId: string | null };
  /** The `Authorization` header of the request. */
  readonly authorization: string | undefined;
  /** Sends a GraphQL result as an event. */
  send(answer: unknown): void;
  /** Cuts the connection. */
  cut(): void;
  /** Ends the subscription with the event `complete`, as a server does when it refuses a subscription. */
  complete(): void;
}

/** Wraps the handler of a gateway, so that the test answers the subscriptions, and the gateway answers all other requests. */
export function createLiveStreams(handler: RequestListener) {
  const streams: LiveStream[] = [];
  let count = 0;
  const waiting: ((stream: LiveStream) => void)[] = [];

  async function open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { variables } = JSON.parse(await text(request));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    const stream: LiveStream = {
      variables,
      authorization: request.headers.authorization,
      send: (answer) => void response.write(`event: next\ndata: ${JSON.stringify(answer)}\n\n`),
      cut: () => void response.destroy(),
      complete: () => void response.end('event: complete\ndata:\n\n'),
    };
    count += 1;
    const next = waiting.shift();
    if (next === undefined) streams.push(stream);
    else next(stream);
    await once(response, 'close');
  }

  return {
    handler: ((request, response) => {
      const isStream = request.headers.accept === 'text/event-stream';
      if (isStream) void open(request, response);
      else handler(request, response);
    }) satisfies RequestListener,
    /** Returns the number of subscriptions so far. */
    count: () => count,
    /** Resolves to the oldest subscription that this function has not returned yet. Waits for the next subscription if all have been returned. */
    async next(): Promise<LiveStream> {
      return streams.shift() ?? new Promise((resolve) => waiting.push(resolve));
    },
  };
}
