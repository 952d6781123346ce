import { describe, expect, it } from 'vitest';
import { toTypeRows } from '../src/domain/type-rows.ts';
import { cellOf, observationOf } from './support/cells.ts';
import { dataCenterOf, gpuTypeOf } from './support/runpod-catalog.ts';

const OBSERVATION = observationOf('L4', 0, [cellOf('A', 0)]);
const DATA_CENTERS = [dataCenterOf('A')];
const scopeOf = (displayName: string) => ({
  gpuType: gpuTypeOf({ id: 'L4', displayName }),
  dataCenters: DATA_CENTERS,
  gpuCount: 1,
});

describe('the rows of an observation', () => {
  it('are built only once while the description of the GPU type and the data centers stay the same', () => {
    const scope = scopeOf('L4');
    expect(toTypeRows(scope, OBSERVATION)).toBe(toTypeRows(scope, OBSERVATION));
  });

  it('contain the current description of the GPU type', () => {
    const namesOf = (displayName: string) =>
      toTypeRows(scopeOf(displayName), OBSERVATION).rows.map(({ gpuType }) => gpuType.displayName);
    expect([namesOf('old'), namesOf('new')]).toEqual([['old'], ['new']]);
  });

  it('contain the current description of the data center', () => {
    const gpuType = gpuTypeOf({ id: 'L4' });
    const namesOf = (name: string) =>
      toTypeRows({ gpuType, dataCenters: [{ ...dataCenterOf('A'), name }], gpuCount: 1 }, OBSERVATION).rows.map(
        ({ dataCenter }) => dataCenter.name,
      );
    expect([namesOf('old'), namesOf('new')]).toEqual([['old'], ['new']]);
  });
});
