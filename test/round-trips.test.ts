import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { createHeldAnswers } from './support/held-answers.ts';

const LISTS = ['DataCenters', 'GpuTypes'];
const PRICES = 'LowestPrices NVIDIA GeForce RTX 4090';

const question = (args: string) => `{ gpuAvailability(${args}) { totalCount coverage { complete } } }`;

describe('a question about one GPU type', () => {
  it.each(['gpuType: "RTX 4090"', 'gpuType: "RTX 4090", region: EUROPE'])(
    'with %s takes two round trips, and one once the lists are known',
    async (args) => {
      const held = createHeldAnswers();
      await using runPod = await startFakeRunPod(held.faults);
      const gateway = connect(runPod.url);
      const cold = gateway.ask(question(args));
      await expect.poll(held.names).toEqual(LISTS);
      held.release();
      await expect.poll(held.names).toEqual([PRICES]);
      held.release();
      expect((await cold).data.gpuAvailability.coverage.complete).toBe(true);
      expect(runPod.seen).toHaveLength(3);

      const known = gateway.ask(question(`${args}, gpuCount: 2`));
      await expect.poll(held.names).toEqual([PRICES]);
      held.release();
      expect((await known).errors).toBeUndefined();
      expect(runPod.seen).toHaveLength(4);
    },
  );
});
