import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../src/http/server.ts';
import { type Faults, startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';

const SILENT = { LOG_LEVEL: 'silent' };
const SMALL = '{ gpuAvailability { totalCount } }';

/** Returns a field that selects all rows with `aliases` long aliases. Each alias adds about 200 kB to the response. */
function longField(key: string, aliases: number, nodes = 'nodes', open = '', close = ''): string {
  const names = Array.from({ length: aliases }, (_none, index) => `${'a'.repeat(120)}${key}${index}: stock`).join(' ');
  return `${key}: gpuAvailability(filter: { includeUnavailable: true }) { ${nodes} { id ${open} ${names} ${close} } }`;
}

/** An operation with a response of 8 MB. */
const LARGE = `{ ${longField('x', 20)} ${longField('y', 20)} }`;
const STREAMED = `{ ${longField('x', 40, 'nodes @stream(initialCount: 0)')} }`;
const DEFERRED = `{ ${longField('x', 40, 'nodes', '... @defer {', '}')} }`;

const opened: { destroy: () => void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy();
});

async function serve(gateway: ReturnType<typeof createGateway>) {
  const { listener, log, webSockets } = gateway;
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log, webSockets });
  opened.push({ destroy: () => void server.close(0) });
  const url = `${server.url}/graphql`;
  return {
    url,
    /** Sends an operation over a new connection, and never reads the response. */
    async leaveUnread(query: string, accept = 'application/json'): Promise<Socket> {
      const socket = dial(Number(new URL(url).port), '127.0.0.1').pause();
      opened.push(socket);
      socket.on('error', () => {});
      await once(socket, 'connect');
      const body = JSON.stringify({ query });
      const about = [
        'host: a',
        'content-type: application/json',
        `accept: ${accept}`,
        `content-length: ${body.length}`,
      ];
      socket.write(['POST /graphql HTTP/1.1', ...about, '', body].join('\r\n'));
      return socket;
    },
    async ask(query: string, headers: Record<string, string> = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      const text = await response.text();
      return { status: response.status, bytes: text.length, encoding: response.headers.get('content-encoding') };
    },
    async metric(name: string): Promise<number> {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
    },
  };
}

type Server = Awaited<ReturnType<typeof serve>>;

async function expectRoom(server: Server): Promise<void> {
  const largeOperations = async () =>
    (await server.metric('gpu_gateway_large_operations')) +
    (await server.metric('gpu_gateway_large_operations_queue_length'));
  await expect.poll(largeOperations, { timeout: 20_000 }).toBe(0);
  const { status, bytes } = await server.ask(LARGE);
  expect([status, bytes > 8_000_000]).toEqual([200, true]);
}

describe('large operations', () => {
  it('stop and release their memory when their clients disconnect', async () => {
    const gateway = createGateway(SILENT);
    const server = await serve(gateway);
    await server.ask(SMALL);
    for (let index = 0; index < 20; index += 1) {
      const socket = await server.leaveUnread(LARGE.replace('{', `{ # ${index}\n`));
      if (index === 0) {
        await expect.poll(() => server.metric('gpu_gateway_large_operations'), { interval: 5 }).toBe(1);
      }
      socket.destroy();
    }
    await expectRoom(server);
  });

  it('release their memory when their WebSocket closes', async () => {
    const gateway = createGateway(SILENT);
    const server = await serve(gateway);
    await server.ask(SMALL);
    const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    for (let id = 0; id < 4; id += 1) {
      socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query: LARGE } }));
    }
    await expect.poll(() => server.metric('gpu_gateway_large_operations'), { interval: 5 }).toBe(2);
    socket.terminate();
    await expectRoom(server);
  });

  it.each([
    ['@stream', STREAMED],
    ['@defer', DEFERRED],
  ])('with %s release their memory when their clients read nothing', async (_directive, query) => {
    const gateway = createGateway(SILENT);
    const server = await serve(gateway);
    await server.ask(SMALL);
    for (let index = 0; index < 6; index += 1) await server.leaveUnread(query, 'multipart/mixed');
    await expectRoom(server);
  });

  it('do not block other operations while they wait for RunPod', async () => {
    let isHanging = false;
    const faults: Faults = () => (isHanging ? () => {} : undefined);
    await using fake = await startFakeRunPod(faults);
    const gateway = connect(fake.url, { ...SILENT, UPSTREAM_TIMEOUT_MS: '100000' });
    const server = await serve(gateway);
    await server.ask(SMALL);
    isHanging = true;
    const uncached = '{ c: gpuAvailability(gpuType: "L4", gpuCount: 2) { totalCount } ';
    for (let index = 0; index < 4; index += 1) await server.leaveUnread(LARGE.replace('{', uncached));
    for (let index = 0; index < 4; index += 1) await server.leaveUnread(LARGE.replace(/\}$/, `${uncached.slice(1)}}`));
    await expect.poll(() => fake.inFlight()).toBeGreaterThan(0);
    expect((await server.ask(LARGE)).status).toBe(200);
  });

  it('that query the whole schema many times are refused while the event loop lags', async () => {
    const gateway = createGateway(SILENT, undefined, undefined, () => true);
    const server = await serve(gateway);
    const fields = '__schema { types { name description fields { name description args { name description } } } }';
    const ask = (times: number) =>
      server.ask(`{ ${Array.from({ length: times }, (_none, index) => `t${index}: ${fields}`).join(' ')} }`);
    expect([(await ask(1)).status, (await ask(30)).status]).toEqual([200, 503]);
  });
});
