import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApollo, startHive } from './routers.ts';
import { startSubgraphs } from './subgraphs.ts';

interface GpuType {
  readonly memoryGb: number | null;
  readonly securePrice: number | null;
}

let started: Awaited<ReturnType<typeof startSubgraphs>>;
beforeAll(async () => {
  started = await startSubgraphs();
});
afterAll(() => started[Symbol.asyncDispose]());

async function ask(url: string, query: string) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  return data;
}

const gbPerDollar = ({ memoryGb, securePrice }: GpuType) =>
  memoryGb === null || securePrice === null ? null : Math.round((memoryGb / securePrice) * 100) / 100;

describe.each([
  ['Apollo’s gateway', startApollo],
  ['Hive’s gateway', startHive],
])('behind %s', (_name, open) => {
  let gateway: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    gateway = await open(started.subgraphs);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('rows have the fields that the other subgraph adds to their GPU types', async () => {
    const query = `{ gpuAvailability(filter: { gpuTypeIds: ["NVIDIA GeForce RTX 4090", "NVIDIA L4"] }, orderBy: { field: DATA_CENTER }, first: 3) {
      totalCount nodes { stock dataCenter { id } gpuType { displayName notes { text } gbPerDollar } } } }`;
    const rtx4090 = {
      displayName: 'RTX 4090',
      gbPerDollar: 34.78,
      notes: [{ text: expect.stringContaining('Stable Diffusion') }, { text: 'Our default for experiments.' }],
    };
    expect(await ask(gateway.url, query)).toEqual({
      gpuAvailability: {
        totalCount: 11,
        nodes: [
          { stock: 'LOW', dataCenter: { id: 'EU-CZ-1' }, gpuType: rtx4090 },
          { stock: 'HIGH', dataCenter: { id: 'EU-RO-1' }, gpuType: rtx4090 },
          {
            stock: 'LOW',
            dataCenter: { id: 'EUR-IS-1' },
            gpuType: { displayName: 'L4', gbPerDollar: 55.81, notes: [] },
          },
        ],
      },
    });
  });

  it('fields of the other subgraph have data even if a field of this subgraph fails', async () => {
    const query = '{ gpuAvailability(gpuType: "nope") { totalCount } notes { writtenOn } }';
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data, errors } = await response.json();
    expect(data).toEqual({
      gpuAvailability: null,
      notes: ['2025-11-03', '2025-10-20', '2025-06-12'].map((writtenOn) => ({ writtenOn })),
    });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('a field that requires fields of this subgraph has a value for each GPU type, and is null if a required field is null', async () => {
    const [gpus] = started.subgraphs;
    const { gpuTypes } = await ask(gpus.url, '{ gpuTypes { id memoryGb securePrice } }');
    const expected = gpuTypes.map((gpuType: GpuType) => ({ ...gpuType, gbPerDollar: gbPerDollar(gpuType) }));
    expect(await ask(gateway.url, '{ gpuTypes { id memoryGb securePrice gbPerDollar } }')).toEqual({
      gpuTypes: expected,
    });
    expect(expected).toContainEqual(expect.objectContaining({ id: 'NVIDIA A30', memoryGb: 24, gbPerDollar: null }));
  });

  it('GPU types that the other subgraph refers to are resolved, with fields that require fields of this subgraph', async () => {
    const query = '{ notes { writtenOn gpuType { displayName securePrice gbPerDollar } } }';
    const rtx4090 = { displayName: 'RTX 4090', securePrice: 0.69, gbPerDollar: 34.78 };
    expect(await ask(gateway.url, query)).toEqual({
      notes: [
        { writtenOn: '2025-11-03', gpuType: rtx4090 },
        { writtenOn: '2025-10-20', gpuType: { displayName: 'H100 SXM', securePrice: 2.99, gbPerDollar: 26.76 } },
        { writtenOn: '2025-06-12', gpuType: rtx4090 },
      ],
    });
  });
});
