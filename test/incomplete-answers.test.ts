import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';

const QUERY = '{ gpuAvailability { coverage { observed } } }';
const SOLD_OUT = { stockStatus: null, uninterruptablePrice: null, minimumBidPrice: null, availableGpuCounts: null };
const LOW = { stockStatus: 'Low', uninterruptablePrice: 1.25, minimumBidPrice: null, availableGpuCounts: [1] };

describe('an answer from RunPod in which a cell has failed', () => {
  it('is served for 15 s, and then only after RunPod was asked again', async () => {
    let isFailing = true;
    let requests = 0;
    await using runPod = await startFakeRunPod(({ operationName }) => {
      if (operationName === 'GpuTypes')
        return answerWith(200, JSON.stringify({ data: { gpuTypes: [{ id: 'A100' }] } }));
      if (operationName === 'DataCenters') {
        return answerWith(200, JSON.stringify({ data: { dataCenters: [{ id: 'EU-RO-1' }, { id: 'EU-SE-1' }] } }));
      }
      requests += 1;
      const errors = [{ message: 'no', path: ['gpuTypes', 0, 'dc_1'] }];
      const data = { gpuTypes: [{ id: 'A100', dc_0: LOW, dc_1: isFailing ? null : SOLD_OUT }] };
      return answerWith(200, JSON.stringify(isFailing ? { data, errors } : { data }));
    });
    const gateway = connect(runPod.url);
    const observed = async () => (await gateway.ask(QUERY)).data.gpuAvailability.coverage.observed;
    expect([await observed(), requests]).toEqual([1, 1]);
    isFailing = false;
    gateway.passSeconds(10);
    expect([await observed(), requests]).toEqual([1, 1]);
    gateway.passSeconds(6);
    expect([await observed(), requests]).toEqual([2, 2]);
  });
});
