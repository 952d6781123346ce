import { setImmediate } from 'node:timers/promises';
import type { Demand } from '../../src/domain/catalog.ts';
import { createRestCatalog } from '../../src/upstream/runpod-rest/catalog.ts';
import type { Reading } from '../../src/upstream/runpod-rest/client.ts';
import { dataCenterOf, gpuTypeOf } from './list-rows.ts';
import { DEMAND } from './runpod-catalog.ts';

/** A row of RunPod's list of GPU types. */
export type GpuRow = Readonly<Record<string, unknown>> | null;

/** The row of a GPU type that secure cloud offers, with the given properties. */
export const gpuRow = (id: string, rest: Readonly<Record<string, unknown>> = {}): GpuRow => ({
  id,
  name: id,
  manufacturer: 'NVIDIA',
  memory: 24,
  secure: true,
  community: false,
  price: { secure: 0.5, community: 0 },
  maxCount: { secure: 8, community: 0 },
  availability: 'HIGH',
  dataCenters: [{ id: 'EU-RO-1', name: 'EU-RO-1', availability: 'HIGH' }],
  ...rest,
});

/**
 * Creates a catalog of the REST API. `bodies.gpus` is the list of GPU types, by pod size. `bodies.dataCenters` is the response with the
 * data centers. An error in the place of a body rejects the request. The test controls the clock.
 */
export function createAnsweringRest(initial: { gpus?: Record<number, unknown>; dataCenters?: unknown } = {}) {
  const bodies = { gpus: {} as Record<number, unknown>, dataCenters: { dataCenters: [] } as unknown, ...initial };
  const sent: Pick<Reading<unknown>, 'operation' | 'path' | 'parameters'>[] = [];
  const unknownWords: string[] = [];
  const complete: boolean[] = [];
  const state = { nowMs: 0 };
  const catalog = createRestCatalog({
    async get({ operation, path, parameters, read }) {
      sent.push({ operation, path, parameters });
      const asked = { askedAt: state.nowMs, observedAt: new Date(state.nowMs).toISOString() };
      const body = operation === 'Gpus' ? bodies.gpus[Number(parameters['count'])] : bodies.dataCenters;
      await setImmediate();
      if (body instanceof Error) throw body;
      const answer = read(body, asked);
      complete.push(answer.complete);
      return answer.value;
    },
    status: () => ({ source: 'RUNPOD_REST', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    now: () => state.nowMs,
    onUnknownStock: (word) => unknownWords.push(word),
  });
  return {
    catalog,
    bodies,
    state,
    sent,
    unknownWords,
    /** Whether each answer contained everything that was requested. */
    complete,
    /** Returns the pod sizes of the requests for GPU types since the last call. */
    takeSizes: () =>
      sent.splice(0).flatMap(({ parameters: { count } }) => (count === undefined ? [] : [Number(count)])),
    observe: (gpuCount: number, gpuTypeIds: readonly string[], dataCenterIds = ['EU-RO-1'], demand: Demand = DEMAND) =>
      catalog.observe(
        {
          gpuType: gpuTypeOf({ id: gpuTypeIds[0] ?? 'A' }),
          gpuTypes: gpuTypeIds.map((id) => gpuTypeOf({ id })),
          gpuCount,
          dataCenters: dataCenterIds.map(dataCenterOf),
        },
        demand,
      ),
  };
}
