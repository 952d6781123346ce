import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createSubscribe } from '../../../src/board/live/subscribe.ts';

/**
 * Starts a fake gateway that gives the first answer to the first subscription, the second answer to the second one, and so on. It records
 * the last event id that each subscription names.
 */
async function startStreams(answers: readonly ((response: ServerResponse) => void)[]) {
  const positions: unknown[] = [];
  let onAll = () => {};
  const all = new Promise<void>((resolve) => {
    onAll = resolve;
  });
  const server = createServer(async (request, response) => {
    const { variables } = JSON.parse(await text(request));
    answers[positions.push(variables.lastEventId) - 1]?.(response);
    if (positions.length === answers.length) onAll();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    positions,
    all,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Opens an event stream as the response. */
const open = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

/** The text of an event with this id. */
const event = (id: string) => `event: next\ndata: ${JSON.stringify({ data: { gpuAvailabilityChanged: { id } } })}\n\n`;

/** The end of an event stream: the gateway rejects the subscription, because it no longer has the requested events. */
const MISSED = `event: next\ndata: ${JSON.stringify({ errors: [{ message: 'no', extensions: { code: 'EVENTS_MISSED' } }] })}\n\nevent: complete\ndata:\n\n`;

/** A stream listener that ignores everything. */
const ignore = { onOpen() {}, onChange() {}, onClosed() {}, onMissed() {} };

describe('a subscription of the board', () => {
  it('continues after its last event despite failures, and starts again from now when the gateway no longer has that event', async () => {
    await using streams = await startStreams([
      (response) => open(response).write(event('7'), () => setImmediate(() => response.destroy())),
      (response) => response.writeHead(503).end(),
      (response) => open(response).end(MISSED),
      (response) => open(response).flushHeaders(),
    ]);
    const seen: string[] = [];
    const stop = createSubscribe(streams.url, () => ({}))(1, { ...ignore, onChange: ({ id }) => seen.push(id) });
    await streams.all;
    stop();
    expect(seen).toEqual(['7']);
    expect(streams.positions).toEqual([null, '7', '7', null]);
  });

  it('reports missed changes when its first stream fails before any event and the next stream opens', async () => {
    await using streams = await startStreams([
      (response) => response.writeHead(503).end(),
      (response) => open(response).flushHeaders(),
    ]);
    const calls: string[] = [];
    await new Promise<void>((resolve) => {
      createSubscribe(streams.url, () => ({}))(1, {
        ...ignore,
        onOpen: () => calls.push('open'),
        onClosed: () => calls.push('closed'),
        onMissed: () => resolve(),
      });
    });
    expect(calls).toEqual(['closed', 'open']);
  });
});
