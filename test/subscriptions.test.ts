import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startServer } from '../src/transport/server.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { inStock, NOTHING } from './support/stock.ts';

const L4 = 'NVIDIA L4';
const WATCH = `subscription ($gpuType: String, $gpuCount: Int! = 1, $region: Region, $filter: GpuAvailabilityFilter, $lastEventId: ID) {
  gpuAvailabilityChanged(gpuType: $gpuType, gpuCount: $gpuCount, region: $region, filter: $filter, lastEventId: $lastEventId) {
    id kind
    before { stock available onDemandPrice { perGpu } observedAt }
    after { gpuType { id } dataCenter { id } stock available onDemandPrice { perGpu } observedAt }
  } }`;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** A gateway on a socket before a RunPod whose stock changes, which keeps answers fresh for two seconds. */
async function open(env: Record<string, string> = {}) {
  const runPod = await startFakeRunPod();
  const gateway = connect(runPod.url, { FRESH_SECONDS: '2', ...env });
  const { handler, log, webSockets } = gateway;
  const server = await startServer(handler, { host: '127.0.0.1', port: 0, log, webSockets });
  void gateway.keepFresh();
  cleanUps.push(() => runPod[Symbol.asyncDispose]());
  cleanUps.push(() => {
    gateway.stop();
    return server.close(0);
  });
  return { ...gateway, runPod, server, url: `${server.url}/graphql` };
}

type Opened = Awaited<ReturnType<typeof open>>;

interface Event {
  readonly data?: {
    readonly gpuAvailabilityChanged: {
      readonly id: string;
      readonly kind: string;
      readonly before: { readonly stock: string };
      readonly after: { readonly dataCenter: { readonly id: string }; readonly stock: string };
    };
  } | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** What one subscriber got so far. */
interface Subscriber {
  readonly events: Event[];
  readonly ended: () => boolean;
  readonly leave: () => void;
}

type Subscribe = (gateway: Opened, variables?: Record<string, unknown>) => Subscriber;

function collect(
  begin: (sink: { next(event: unknown): void; error(error: unknown): void; complete(): void }) => () => void,
) {
  const events: Event[] = [];
  let ended = false;
  const end = () => {
    ended = true;
  };
  const leave = begin({ next: (event) => void events.push(event as Event), error: end, complete: end });
  cleanUps.push(leave);
  return { events, ended: () => ended, leave };
}

const overSse: Subscribe = ({ url }, variables = {}) => {
  const client = createSseClient({ url, retryAttempts: 0 });
  return collect((sink) => client.subscribe({ query: WATCH, variables }, sink));
};

const overWebSocket: Subscribe = ({ url }, variables = {}) => {
  const client = createWebSocketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  cleanUps.push(() => client.dispose());
  return collect((sink) => client.subscribe({ query: WATCH, variables }, sink));
};

const TRANSPORTS: [string, Subscribe][] = [
  ['server-sent events', overSse],
  ['a WebSocket', overWebSocket],
];

const metric = async ({ get }: Opened, name: string) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await get('/metrics')).body)?.[1]);

/** Resolves when so many are subscribed, and all that they want is known. */
async function settled(gateway: Opened, subscriptions = 1, gpuType = L4) {
  await expect.poll(() => metric(gateway, 'gpu_gateway_subscriptions')).toBe(subscriptions);
  const query = 'query ($gpuType: String) { gpuAvailability(gpuType: $gpuType) { coverage { complete } } }';
  await gateway.ask(query, { gpuType });
}

const changes = (events: readonly Event[]) =>
  events.map(({ data }) => {
    const change = data?.gpuAvailabilityChanged;
    return [change?.kind, change?.after.dataCenter.id, change?.before.stock, change?.after.stock];
  });

describe.each(TRANSPORTS)('a subscriber over %s', (_name, subscribe) => {
  it('gets each change once, of its kind', async () => {
    const gateway = await open();
    const { stock } = gateway.runPod;
    stock.set(L4, 'EU-RO-1', NOTHING);
    const { events } = subscribe(gateway, { gpuType: 'L4' });
    await settled(gateway);
    const steps: [Parameters<typeof stock.set>[2], string, string, string][] = [
      [inStock('Low'), 'APPEARED', 'NONE', 'LOW'],
      [inStock('High', 2), 'STOCK_CHANGED', 'LOW', 'HIGH'],
      [inStock('High', 2, 0.5), 'PRICE_CHANGED', 'HIGH', 'HIGH'],
      [NOTHING, 'DISAPPEARED', 'HIGH', 'NONE'],
    ];
    const expected: unknown[] = [];
    for (const [next, ...change] of steps) {
      stock.set(L4, 'EU-RO-1', next);
      expected.push([change[0], 'EU-RO-1', change[1], change[2]]);
      await expect.poll(() => changes(events), { timeout: 3000 }).toEqual(expected);
    }
    expect(new Set(events.map(({ data }) => data?.gpuAvailabilityChanged.id)).size).toBe(4);
  });
});
