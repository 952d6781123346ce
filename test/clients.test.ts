import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApolloClient } from '../examples/clients/apollo.ts';
import {
  AvailabilityMatrixDocument,
  CheapestGpusDocument,
  FindAPodDocument,
  WatchDocument,
  WhereCanIRentDocument,
} from '../examples/clients/operations.generated.ts';
import { ask } from '../examples/clients/typed-fetch.ts';
import { createUrqlClient } from '../examples/clients/urql.ts';
import { watch } from '../examples/clients/watch.ts';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';
import { inStock, NOTHING } from './support/stock.ts';
import { openLive } from './support/subscribers.ts';

let server: RunningServer;
let url: string;
beforeAll(async () => {
  const { listener, log } = createGateway();
  server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  url = `${server.url}/graphql`;
});
afterAll(() => server.close(0));

const RTX_4090 = { gpuType: 'RTX 4090', region: 'EUROPE' } as const;

describe('a client that copies an example', () => {
  it('gets typed answers with nothing but fetch', async () => {
    const { gpuAvailability } = await ask(url, WhereCanIRentDocument, RTX_4090);
    expect(gpuAvailability?.totalCount).toBe(5);
    expect(gpuAvailability?.nodes.map(({ onDemandPrice }) => onDemandPrice?.perGpu)).toEqual([
      0.69, 0.69, 0.69, 0.69, 0.69,
    ]);
    const matrix = await ask(url, AvailabilityMatrixDocument, {});
    const { nodes, coverage } = matrix.gpuAvailability ?? {};
    expect(nodes).toHaveLength(coverage?.expected ?? 0);
  });

  it('gets pods that meet its needs, with the requests that create them, and why other pods do not', async () => {
    const needs = { gpuCount: 8, minMemoryGb: 80, maxPricePerHour: 18 };
    const { placement } = await ask(url, FindAPodDocument, { needs });
    const [option, ...others] = placement?.options ?? [];
    expect(placement?.totalCount).toBe(1 + others.length);
    expect(option?.availability.onDemandPrice?.perPod).toBeLessThanOrEqual(18);
    expect(JSON.parse(option?.createRequest.body ?? '')).toMatchObject({
      gpu: { id: option?.availability.gpuType.id, count: 8 },
      dataCenterIds: [option?.availability.dataCenter.id],
    });
    expect(placement?.relaxations.map(({ need }) => need)).toContain('maxPricePerHour');
    expect(placement?.excluded.map(({ reason }) => reason)).toContain('TOO_EXPENSIVE');
  });

  it('gets an error with a code and a message', async () => {
    await expect(ask(url, WhereCanIRentDocument, { gpuType: 'RTX 4091' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('RTX 4090'),
    });
  });

  it('gets answers through urql', async () => {
    const { data, error } = await createUrqlClient(url).query(CheapestGpusDocument, { minMemoryGb: 80, first: 3 });
    expect(error).toBeUndefined();
    expect(data?.gpuAvailability?.nodes).toHaveLength(3);
  });

  it('gets answers through Apollo Client, which sends only the hash of the query the second time', async () => {
    for (let round = 0; round < 2; round += 1) {
      const client = createApolloClient(url);
      const { data } = await client.query({ query: CheapestGpusDocument, variables: { minMemoryGb: 80, first: 3 } });
      expect(data?.gpuAvailability?.nodes).toHaveLength(3);
      const rows = data?.gpuAvailability?.nodes.map(({ id }) => `GpuAvailability:${id}`);
      expect(Object.keys(client.cache.extract() as object)).toEqual(expect.arrayContaining(rows ?? ['no rows']));
      client.stop();
    }
  });

  const isSubscription = (init: RequestInit | undefined) =>
    new Headers(init?.headers).get('accept')?.includes('subscriptionSpec') === true;

  it('sees an event update a row of a mounted query in Apollo Client, without another query', async () => {
    await using gateway = await openLive();
    const { runPod } = gateway;
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Low'));
    using fetched = vi.spyOn(globalThis, 'fetch');
    const queries = () => fetched.mock.calls.filter(([, init]) => !isSubscription(init)).length;
    const client = createApolloClient(gateway.url);
    const variables = { gpuType: 'L4' } as const;
    const stocks: (string | undefined)[] = [];
    const mounted = client.watchQuery({ query: WhereCanIRentDocument, variables }).subscribe(({ data }) => {
      const row = data?.gpuAvailability?.nodes?.find((node) => node?.dataCenter?.id === 'EU-RO-1');
      stocks.push(row?.stock);
    });
    await expect.poll(() => stocks.at(-1)).toBe('LOW');
    const queriesBefore = queries();
    const watching = client.subscribe({ query: WatchDocument, variables }).subscribe({});
    await gateway.subscribed(1);
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('High'));
    await expect.poll(() => stocks.at(-1)).toBe('HIGH');
    expect(queriesBefore).toBeGreaterThan(0);
    expect(queries()).toBe(queriesBefore);
    watching.unsubscribe();
    mounted.unsubscribe();
    client.stop();
  });

  it('resumes its subscription after the connection has broken, and learns that it may have missed events', async () => {
    const gateway = await openLive();
    const { runPod } = gateway;
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', NOTHING);
    const events = watch(gateway.url, { gpuType: 'L4' });
    const first = events.next();
    await gateway.subscribed(1);
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('High'));
    expect((await first).value).toMatchObject({ kind: 'APPEARED', after: { dataCenter: { id: 'EU-RO-1' } } });
    const second = events.next();
    await gateway.subscribed(1);
    gateway.stop();
    await gateway.server.close(0);
    // This gateway replaces the first one at the same address. It does not know the events of the first gateway, so the client has missed
    // events.
    await using another = await openLive({ PORT: new URL(gateway.url).port });
    expect((await second).value).toBe('missed');
    const third = events.next();
    await another.subscribed(1);
    another.runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Medium', 7));
    expect((await third).value).toMatchObject({ after: { dataCenter: { id: 'EU-RO-1' }, stock: 'MEDIUM' } });
    await events.return(undefined);
    await runPod[Symbol.asyncDispose]();
  });

  it('gets an error if it subscribes without the required key', async () => {
    await using gateway = await openLive({ CLIENT_API_KEYS: 'secret' });
    await expect(watch(gateway.url, { gpuType: 'L4' }).next()).rejects.toMatchObject({ response: { status: 401 } });
  });

  it('gets an error if it subscribes to an unknown GPU type', async () => {
    await expect(watch(url, { gpuType: 'RTX 4091' }).next()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
