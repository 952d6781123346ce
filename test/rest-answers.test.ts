import { describe, expect, it } from 'vitest';
import { changed } from './support/changed-answer.ts';
import { startFakeRest } from './support/fake-rest.ts';
import { answerWith } from './support/fake-runpod.ts';
import { connectToRest, MATRIX } from './support/rest-gateway.ts';

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string; readonly region: string };
}

const inRomania = (availability: string) => ({ id: 'EU-RO-1', name: 'EU-RO-1', availability });

const rowOf = (rows: readonly Row[], gpuType: string, dataCenter: string) =>
  rows.find((row) => row.gpuType.id === gpuType && row.dataCenter.id === dataCenter);

describe('a gateway with the REST API', () => {
  it('reads a missing data center as sold out, and a data center without a stock word as unknown', async () => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            const l4 = gpus.find(({ id }) => id === 'NVIDIA L4') ?? { id: null };
            l4.dataCenters = [
              { id: 'EU-RO-1', name: 'A' },
              { id: 'EU-SE-1', name: 'B', availability: 'PLENTY' },
              { id: 'US-KS-2', name: 'C', availability: 'NONE' },
              { id: 'XX-NEW-9', name: 'D', availability: 'LOW' },
            ];
            gpus.push({ id: 'unknown' }, { id: null }, { id: 7 });
          })
        : undefined,
    );
    const gateway = connectToRest(rest);
    const { nodes, coverage } = (await gateway.ask(MATRIX)).data.gpuAvailability;
    const l4 = (dataCenter: string) => rowOf(nodes, 'NVIDIA L4', dataCenter);
    expect(l4('EU-RO-1')).toMatchObject({ available: null, stock: 'UNKNOWN' });
    expect(l4('EU-SE-1')).toMatchObject({ available: true, stock: 'UNKNOWN', onDemandPrice: { perGpu: 0.43 } });
    expect(l4('US-KS-2')).toMatchObject({ available: false, stock: 'NONE', onDemandPrice: null });
    expect(l4('US-TX-3')).toMatchObject({ available: false, stock: 'NONE' });
    expect(l4('XX-NEW-9')).toMatchObject({ available: true, stock: 'LOW', dataCenter: { region: 'UNKNOWN' } });
    expect(coverage).toMatchObject({
      expected: 41 * 40,
      failures: [{ gpuType: { id: 'NVIDIA L4' }, dataCenter: { id: 'EU-RO-1' }, code: 'BAD_RESPONSE' }],
    });
    expect(gateway.logged.join('')).toContain('"word":"PLENTY"');
    const { data } = await gateway.ask('{ gpuTypes { id } }');
    expect(data.gpuTypes).toHaveLength(41);
  });

  it.each([
    [
      'a row without an id',
      [
        { id: 'EU-RO-1', availability: 'LOW' },
        { id: '', availability: 'HIGH' },
      ],
    ],
    ['rows with another key', [{ dataCenterId: 'EU-RO-1', availability: 'LOW' }]],
    ['texts instead of rows', ['EU-RO-1']],
    ['an object instead of a list', { 'EU-RO-1': 'LOW' }],
  ])('does not read a missing data center as sold out when RunPod sends %s', async (_what, dataCenters) => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            for (const row of gpus) if (row.id === 'NVIDIA L4') row.dataCenters = dataCenters;
          })
        : undefined,
    );
    const { nodes, coverage } = (await connectToRest(rest).ask(MATRIX)).data.gpuAvailability;
    expect(rowOf(nodes, 'NVIDIA L4', 'US-TX-3')).toMatchObject({ available: null, stock: 'UNKNOWN' });
    expect(coverage.failed).toBeGreaterThanOrEqual(38);
  });

  it('rejects two lists that would result in too many cells, before it creates the cells', async () => {
    await using rest = await startFakeRest();
    const rows = Array.from({ length: 4000 }, (_, index) => ({
      id: `id ${index}`,
      name: 'x',
      dataCenters: [],
      secure: true,
    }));
    rest.fail(({ path }) =>
      answerWith(200, JSON.stringify(path.endsWith('gpus') ? { gpus: rows } : { dataCenters: rows })),
    );
    const { data } = await connectToRest(rest).ask(
      '{ gpuType(id: "id 7") { availability { coverage { failed failures { code } } } } }',
    );
    expect(data.gpuType.availability.coverage).toEqual({ failed: 4000, failures: [{ code: 'BAD_RESPONSE' }] });
  });

  it('lists a data center that only a GPU type names, even if clients request the data centers first', async () => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            for (const row of gpus)
              if (row.id === 'NVIDIA L4') row.dataCenters = [{ id: 'XX-NEW-9', availability: 'HIGH' }];
          })
        : undefined,
    );
    const gateway = connectToRest(rest);
    expect((await gateway.ask('{ dataCenters { id } }')).data.dataCenters).toHaveLength(40);
    const { nodes } = (await gateway.ask(MATRIX)).data.gpuAvailability;
    expect(rowOf(nodes, 'NVIDIA L4', 'XX-NEW-9')).toMatchObject({ available: true, stock: 'HIGH' });
    expect(rest.seen).toHaveLength(2);
  });

  /**
   * Forms of RunPod's answer. Each entry has a description, the changed properties of the L4 in the answer, and the expected stock in
   * EU-RO-1 and in US-TX-3 (`null` for a failed cell).
   */
  const FORMS: readonly (readonly [string, object, string | null, string | null])[] = [
    ['NONE without a list', { availability: 'NONE', dataCenters: undefined }, 'NONE', 'NONE'],
    ['NONE with an empty list', { availability: 'NONE', dataCenters: [] }, 'NONE', 'NONE'],
    ['NONE, and LOW in a data center', { availability: 'NONE', dataCenters: [inRomania('LOW')] }, 'LOW', 'NONE'],
    ['LOW, and NONE in a data center', { availability: 'LOW', dataCenters: [inRomania('NONE')] }, 'NONE', 'NONE'],
    ['another spelling', { availability: 'low', dataCenters: [inRomania('Out-Of Stock')] }, 'NONE', 'NONE'],
    ['a list and no level', { availability: undefined, dataCenters: [inRomania('HIGH')] }, 'HIGH', 'NONE'],
    ['LOW without a list', { availability: 'LOW', dataCenters: undefined }, null, null],
    ['LOW with an empty list', { availability: 'LOW', dataCenters: [] }, null, null],
    ['neither level nor list', { availability: undefined, dataCenters: undefined }, null, null],
    ['NONE, and a malformed list', { availability: 'NONE', dataCenters: { a: 1 } }, null, null],
    ['a GPU type without secure cloud', { secure: false, availability: 'LOW', dataCenters: undefined }, 'NONE', 'NONE'],
  ];

  it.each(FORMS)('reads %s correctly', async (_what, said, inRo, inTexas) => {
    await using rest = await startFakeRest();
    rest.fail(({ path }) =>
      path.endsWith('gpus')
        ? changed((gpus) => {
            Object.assign(gpus.find(({ id }) => id === 'NVIDIA L4') ?? {}, { secure: true, ...said });
          })
        : undefined,
    );
    const { nodes, coverage } = (await connectToRest(rest).ask(MATRIX)).data.gpuAvailability;
    const stockIn = (id: string) => {
      const row = rowOf(nodes, 'NVIDIA L4', id) as unknown as { available: boolean | null; stock: string };
      return row.available === null ? null : row.stock;
    };
    expect([stockIn('EU-RO-1'), stockIn('US-TX-3')]).toEqual([inRo, inTexas]);
    expect(coverage.failed).toBe(inTexas === null ? 39 : 0);
  });
});
