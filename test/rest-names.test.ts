import { describe, expect, it } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import { UpstreamAnswerError } from '../src/domain/errors.ts';
import { createRestCatalog } from '../src/upstream/runpod-rest/catalog.ts';

const DEMAND = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };
const ASKED = { askedAt: 0, observedAt: '2026-11-28T00:00:00.000Z' };

/** Creates a catalog of a REST API that returns one data center, but throws `error` at the request for the list of GPU types. */
const catalogThatThrows = (error: Error) =>
  createRestCatalog({
    async get({ operation, read }) {
      if (operation !== 'DataCenters') throw error;
      return read({ dataCenters: [{ id: 'EU-RO-1', name: 'EU-RO-1' }] }, ASKED).value;
    },
    status: () => ({ source: 'RUNPOD_REST', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    now: () => ASKED.askedAt,
    onUnknownStock: () => {},
  });

describe('the list of data centers of the REST API', () => {
  it('is returned without the data centers that only the list of GPU types names, if RunPod does not return that list', async () => {
    const catalog = catalogThatThrows(new UpstreamAnswerError('Gpus', 'HTTP 404'));
    expect((await catalog.dataCenters(DEMAND)).rows.map(({ id }) => id)).toEqual(['EU-RO-1']);
  });

  it('is rejected if the gateway itself fails to read the GPU types, so that the fault is reported', async () => {
    const fault = new TypeError('a fault of the gateway');
    await expect(catalogThatThrows(fault).dataCenters(DEMAND)).rejects.toBe(fault);
  });
});
