import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyQuery } from '../support/any-needs.ts';
import { startFakePods } from '../support/fake-pods.ts';
import { createMatrices } from '../support/placement-worlds.ts';
import { SOURCES, USUAL } from '../support/sources.ts';
import { recordedWorld } from '../support/worlds.ts';

const QUERY = `query ($needs: PlacementNeeds!, $prefer: PlacementPreference!) { placement(needs: $needs, prefer: $prefer, first: 1) {
  options { availability { gpuType { id } dataCenter { id } gpuCount } createRequest { method url body } } } }`;

const RUNS = 60;

it.each(['RUNPOD_GRAPHQL', 'RUNPOD_REST'] as const)(
  'the stand-in for RunPod creates the pod of the best option, whatever the needs are (%s)',
  async (source) => {
    const env = { CLIENT_UPSTREAM_PER_MINUTE: '0', FRESH_SECONDS: '80000', MAX_UPSTREAM_PER_OPERATION: '100000' };
    await using opened = await SOURCES[source](recordedWorld(), USUAL, env);
    await using pods = await startFakePods();
    const { gateway } = opened;
    const { rows } = await createMatrices(gateway)(1);
    let created = 0;
    await fc.assert(
      fc.asyncProperty(anyQuery(rows), async (query) => {
        const { data, errors } = await gateway.ask(QUERY, { ...query });
        expect(errors).toBeUndefined();
        const [option] = data.placement.options;
        if (option === undefined) return;
        const { gpuType, dataCenter, gpuCount } = option.availability;
        const response = await pods.create(option.createRequest);
        expect([response.status, await response.json()]).toMatchObject([
          201,
          { gpu: { id: gpuType.id, count: gpuCount }, dataCenterId: dataCenter.id },
        ]);
        created += 1;
      }),
      { numRuns: RUNS },
    );
    expect(created).toBeGreaterThan(RUNS / 3);
  },
);
