import { describe, expect, it } from 'vitest';
import { unknownRow } from '../src/domain/row.ts';
import { gpuAvailability as rowResolvers } from '../src/graphql/resolvers/gpu-availability.ts';
import { createGateway } from './support/gateway.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { createReports } from './support/reports.ts';

const { read, report } = createReports();

const matrix = (await report('', 'includeUnavailable: true')).nodes;

describe('the id of a row', () => {
  it('depends only on its cell and pod size', async () => {
    const idsOf = async (args: string) => (await report(args, 'includeUnavailable: true')).nodes.map(({ id }) => id);
    const [one, two] = [await idsOf(''), await idsOf('gpuCount: 2')];
    expect(new Set([...one, ...two]).size).toBe(2 * matrix.length);
    expect(await idsOf('orderBy: { field: GPU_TYPE }')).toEqual(one);
  });

  it('is the same in every field and after a restart', async () => {
    const query = `{ gpuAvailability(gpuType: "L4", filter: { dataCenterIds: ["EU-RO-1"], includeUnavailable: true }) { nodes { id } }
      gpuType(id: "NVIDIA L4") { availability(filter: { dataCenterIds: ["EU-RO-1"], includeUnavailable: true }) { nodes { id } } }
      dataCenter(id: "EU-RO-1") { availability(gpuType: "L4", filter: { includeUnavailable: true }) { nodes { id } } } }`;
    const { gpuAvailability, gpuType, dataCenter } = await read(query);
    const [row] = gpuAvailability.nodes;
    expect(matrix.map(({ id }) => id)).toContain(row.id);
    expect([gpuType.availability, dataCenter.availability]).toEqual([gpuAvailability, gpuAvailability]);
    expect((await createGateway().ask(query)).data.gpuAvailability.nodes).toEqual([row]);
  });

  it('is unique whatever the ids of GPU types and data centers are', async () => {
    const ids = ['a', 'a:b', 'b', ':', '%3A', ' ', '%20', 'a%3Ab', '\ud800', ''];
    const found = new Set<string>();
    for (const gpuType of ids) for (const dataCenter of ids) found.add(rowId(gpuType, dataCenter));
    expect(found.size).toBe(ids.length ** 2);
  });
});

/** Returns the id of a row for a GPU type and a data center with these ids. */
function rowId(gpuType: string, dataCenter: string): string {
  const row = unknownRow({ gpuType: gpuTypeOf({ id: gpuType }), dataCenter: dataCenterOf(dataCenter), gpuCount: 1 });
  const resolve = rowResolvers.id as (row: object) => string;
  return resolve(row);
}
