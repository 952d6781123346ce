import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A subscription that a board has asked for. */
export interface LiveStream {
  readonly variables: { readonly gpuCount: number; readonly lastEventId: string | null };
  /** The `Authorization` of the request. */
  readonly authorization: string | undefined;
  /** Sends an answer of GraphQL. */
  send(answer: unknown): void;
  /** Cuts the connection. */
  cut(): void;
  /** Ends the subscription, as a server does that refuses it. */
  complete(): void;
}

/** Stands before a gateway, and answers subscriptions in its place, as a test says. */
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
    /** Subscriptions so far. */
    count: () => count,
    /** The next subscription, which may have come already. */
    async next(): Promise<LiveStream> {
      return streams.shift() ?? new Promise((resolve) => waiting.push(resolve));
    },
  };
}
