import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../src/domain/errors.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { createCatalog, DEMAND } from './support/runpod-catalog.ts';

/** Generates any JSON value. A test uses the value as a whole response of RunPod, or as one value inside an otherwise valid response. */
const json = fc.jsonValue();
const rowsOfJson = fc.array(
  fc.oneof(json, fc.dictionary(fc.constantFrom('id', 'compliance', 'securePrice', 'dc_0', 'dc_1'), json)),
);
const cells = fc.record(
  { stockStatus: json, uninterruptablePrice: json, minimumBidPrice: json, availableGpuCounts: json },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  json,
  fc.record({ data: json, errors: json }, { requiredKeys: [] }),
  fc.record({ data: fc.record({ gpuTypes: rowsOfJson, dataCenters: rowsOfJson }) }),
  fc.record({
    data: fc.record({ gpuTypes: fc.tuple(fc.record({ id: fc.constant('NVIDIA L4'), dc_0: cells, dc_1: json })) }),
  }),
  fc.record({
    data: json,
    errors: fc.array(fc.record({ message: json, path: fc.oneof(json, fc.array(json)) }, { requiredKeys: [] })),
  }),
);

describe('any JSON in an answer of RunPod', () => {
  /** Resolves to the value of a promise, or to `undefined` if the promise rejects with an `UpstreamError`. Rejects with any other error. */
  const orNamed = (reading: Promise<unknown>) =>
    reading.catch((error: unknown) => {
      if (!(error instanceof UpstreamError)) throw error;
    });

  it('in place of a cell never counts as a verified NONE', async () => {
    const noCells = json.filter((value) => typeof value !== 'object' || Array.isArray(value));
    await fc.assert(
      fc.asyncProperty(noCells, async (dc_0) => {
        const catalog = createCatalog(() => JSON.stringify({ data: { gpuTypes: [{ id: 'NVIDIA L4', dc_0 }] } }));
        const dataCenters = [dataCenterOf('EU-RO-1'), dataCenterOf('US-KS-2')];
        const [observation] = await catalog.observe(
          { gpuType: gpuTypeOf({}), gpuTypes: [], gpuCount: 1, dataCenters },
          DEMAND,
        );
        const read = observation?.cells ?? [];
        expect(read).toMatchObject(
          dataCenters.map(({ id }) => ({ dataCenterId: id, failure: { code: 'BAD_RESPONSE' } })),
        );
      }),
    );
  });

  it('is either read or rejected with an UpstreamError', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const catalog = createCatalog(() => JSON.stringify(body));
        const dataCenters = [dataCenterOf('EU-RO-1'), dataCenterOf('US-KS-2')];
        await orNamed(catalog.gpuTypes(DEMAND));
        await orNamed(catalog.dataCenters(DEMAND));
        await orNamed(catalog.observe({ gpuType: gpuTypeOf({}), gpuTypes: [], gpuCount: 2, dataCenters }, DEMAND));
      }),
      { numRuns: 1000 },
    );
  });
});
