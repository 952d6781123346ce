import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { createHeldAnswers } from './support/held-answers.ts';

const LISTS = ['DataCenters', 'GpuTypes'];
const PRICES = 'LowestPrices NVIDIA GeForce RTX 4090';

const REPORT = '{ totalCount coverage { complete } }';

/** Functions that create a query about one GPU type for a pod size. The key names the field with which the query reads availability. */
const QUESTIONS: Record<string, (gpuCount: number) => string> = {
  'gpuAvailability everywhere': (gpuCount) =>
    `{ gpuAvailability(gpuType: "RTX 4090", gpuCount: ${gpuCount}) ${REPORT} }`,
  'gpuAvailability in a region': (gpuCount) =>
    `{ gpuAvailability(gpuType: "RTX 4090", region: EUROPE, gpuCount: ${gpuCount}) ${REPORT} }`,
  gpuType: (gpuCount) =>
    `{ gpuType(id: "NVIDIA GeForce RTX 4090") { ... on GpuType { availability(gpuCount: ${gpuCount}) ${REPORT} } } }`,
  dataCenter: (gpuCount) =>
    `{ dataCenter(id: "EU-RO-1") { availability(gpuType: "RTX 4090", gpuCount: ${gpuCount}) ${REPORT} } }`,
};

describe('a query about one GPU type', () => {
  it.each(Object.entries(QUESTIONS))(
    'through %s takes two round trips, or one if the lists are known',
    async (_name, question) => {
      const held = createHeldAnswers();
      await using runPod = await startFakeRunPod(held.faults);
      const gateway = connect(runPod.url);
      const cold = gateway.ask(question(1));
      await expect.poll(held.names).toEqual(LISTS);
      held.release();
      await expect.poll(held.names).toEqual([PRICES]);
      held.release();
      expect(JSON.stringify((await cold).data)).toContain('"coverage":{"complete":true}');
      expect(runPod.seen).toHaveLength(3);

      const known = gateway.ask(question(2));
      await expect.poll(held.names).toEqual([PRICES]);
      held.release();
      expect((await known).errors).toBeUndefined();
      expect(runPod.seen).toHaveLength(4);
    },
  );
});

it('a query causes no request for a list that it does not need', async () => {
  await using runPod = await startFakeRunPod();
  const { data } = await connect(runPod.url).ask('{ gpuType(id: "NVIDIA L4") { displayName } }');
  expect(data.gpuType.displayName).toBe('L4');
  expect(runPod.seen.map(({ operationName }) => operationName)).toEqual(['GpuTypes']);
});

it('in an operation with two fields, only the field that needs too many requests is refused', async () => {
  await using runPod = await startFakeRunPod();
  const gateway = connect(runPod.url, { MAX_UPSTREAM_PER_OPERATION: '1' });
  const { data, errors } = await gateway.ask(
    '{ all: gpuType(id: "NVIDIA L4") { availability { totalCount } } name: gpuType(id: "NVIDIA L4") { displayName } }',
  );
  expect(data).toEqual({ all: { availability: null }, name: { displayName: 'L4' } });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['OPERATION_TOO_COMPLEX']);
});
