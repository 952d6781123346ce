import { startFakeRunPod } from './fake-runpod.ts';
import { connect, createGateway } from './gateway.ts';
import { createOddRunPod, ODD_FAULTS } from './odd-runpod.ts';
import { cellName, MATRIX, type Matrix, type MatrixRow } from './placement-truth.ts';
import { SOURCES, USUAL } from './sources.ts';
import type { World, WorldStock } from './world.ts';
import { dataCenterNamed, gpuTypeNamed } from './worlds.ts';

/** Settings with which answers stay fresh for the whole test, and no limit prevents a query for all rows. */
const UNLIMITED = {
  FRESH_SECONDS: '80000',
  DISCOVERY_SECONDS: '80000',
  MAX_ANSWER_BYTES: '500000000',
  MAX_UPSTREAM_PER_OPERATION: '100000',
  CLIENT_UPSTREAM_PER_MINUTE: '0',
  UPSTREAM_RETRIES: '0',
  UPSTREAM_QUEUE_LIMIT: '10000',
};

/** Functions that start a gateway for tests of placement. Each key describes the world (the state of RunPod) that the gateway reports. */
export const PLACEMENT_WORLDS = {
  'the recording': async () => ({ gateway: createGateway(UNLIMITED), [Symbol.asyncDispose]: async () => {} }),
  'a world with odd ids, unknown values and failures': async () => {
    const runPod = await startFakeRunPod(ODD_FAULTS, createOddRunPod());
    return {
      gateway: connect(runPod.url, UNLIMITED),
      [Symbol.asyncDispose]: () => runPod[Symbol.asyncDispose](),
    };
  },
  'a world of 400 GPU types and 200 data centers': () => SOURCES.RUNPOD_REST(largeWorld(), USUAL, UNLIMITED),
};

/** Creates a function that reads all rows of a pod size from the gateway. The function reads each pod size only once. */
export function createMatrices({ ask }: Pick<ReturnType<typeof createGateway>, 'ask'>) {
  const known = new Map<number, Promise<Matrix>>();
  async function read(gpuCount: number): Promise<Matrix> {
    const { data, errors } = await ask(MATRIX, { gpuCount });
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    const rows: readonly MatrixRow[] = data.gpuAvailability.nodes;
    const failed = rows.filter(({ available }) => available === null);
    return {
      rows,
      incompleteTypes: new Set(failed.map(({ gpuType }) => gpuType.id)),
      byCell: new Map(rows.map((row) => [cellName(row.gpuType.id, row.dataCenter.id), row])),
    };
  }
  return (gpuCount: number): Promise<Matrix> => {
    const matrix = known.get(gpuCount) ?? read(gpuCount);
    known.set(gpuCount, matrix);
    return matrix;
  };
}

const MEMORIES = [24, 48, 80, 192];
const PREFIXES = ['EU-RO', 'US-TX', 'CA-MTL', 'EUR-IS', 'AP-JP', 'SEA-SG', 'OC-AU', 'US-KS', 'other'];

/** Creates a world that is about a hundred times as large as RunPod. A tenth of its cells is in stock. */
function largeWorld(): World {
  const gpuTypes = Array.from({ length: 400 }, (_, index) => ({
    ...gpuTypeNamed(`${index % 9 === 0 ? 'AMD' : 'NVIDIA'} ${index}`, index % 13 !== 0, 0.2 + (index % 37) / 10),
    memoryGb: MEMORIES[index % MEMORIES.length] ?? 24,
  }));
  const dataCenters = Array.from({ length: 200 }, (_, index) => ({
    ...dataCenterNamed(`${PREFIXES[index % PREFIXES.length]}-${index}`),
    networkVolume: index % 3 !== 0,
    globalNetwork: index % 4 === 0,
  }));
  const stock = gpuTypes.flatMap(({ id }, type) =>
    dataCenters.flatMap((place, index): WorldStock[] => {
      if ((type * 3 + index) % 10 !== 0) return [];
      const level = (['LOW', 'MEDIUM', 'HIGH'] as const)[(type + index) % 3] ?? 'LOW';
      const sizes = type % 2 === 0 ? [1, 2, 4, 7, 8] : [1, 2];
      return [{ gpuTypeId: id, dataCenterId: place.id, levels: new Map(sizes.map((size) => [size, level])) }];
    }),
  );
  return { gpuTypes, dataCenters, stock };
}
