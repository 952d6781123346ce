import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';

const L4 = `{ gpuAvailability(gpuType: "L4", filter: { includeUnavailable: true }) {
  nodes { dataCenter { id } stock observedAt } coverage { complete failed } } }`;

describe('a late answer to a request that was sent a second time', () => {
  it('does not replace the answer to the second request', async () => {
    const late: (() => void)[] = [];
    await using runPod = await startFakeRunPod(({ operationName }) => {
      if (operationName !== 'LowestPrices') return undefined;
      return (response, good) => {
        const errors = [{ message: 'no', path: ['gpuTypes', 0, 'dc_3'] }];
        late.push(() => answerWith(200, JSON.stringify({ ...JSON.parse(good), errors }))(response, good));
      };
    });
    const gateway = connect(runPod.url);
    const first = new AbortController();
    const left = gateway.ask(L4, {}, { signal: first.signal }).catch(() => 'left');
    await expect.poll(() => late.length).toBe(1);
    first.abort();
    await left;

    runPod.fail();
    const second = await gateway.ask(L4);
    expect(second.data.gpuAvailability.coverage).toEqual({ complete: true, failed: 0 });
    expect(runPod.count('LowestPrices')).toBe(2);
    late[0]?.();
    await expect.poll(async () => (await gateway.get('/metrics')).body).toContain('outcome="incomplete"} 1');
    const third = await gateway.ask(L4);
    expect(third.data.gpuAvailability.coverage).toEqual({ complete: true, failed: 0 });
  });
});
