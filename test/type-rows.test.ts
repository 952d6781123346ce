import { describe, expect, it } from 'vitest';
import { UpstreamTimeoutError } from '../src/domain/errors.ts';
import type { Cell } from '../src/domain/observation.ts';
import { unknownRow } from '../src/domain/row.ts';
import { type Freshness, include, NO_FRESHNESS, toRowsOfTypes, toTypeRows } from '../src/domain/type-rows.ts';
import { cellOf, observationOf } from './support/cells.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

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

  it('are the same objects in every list of data centers that contains their data centers', () => {
    const { gpuType } = scopeOf('L4');
    const [a, b] = ['A', 'B'].map(dataCenterOf);
    if (a === undefined || b === undefined) throw new Error('two data centers were created');
    const observation = observationOf('L4', 0, [cellOf('A', 0), cellOf('B', 0)]);
    const rowsIn = (dataCenters: (typeof a)[]) => toTypeRows({ gpuType, dataCenters, gpuCount: 1 }, observation).rows;
    const both = rowsIn([a, b]);
    expect(rowsIn([b])[0]).toBe(both[1]);
    expect(rowsIn([b, a]).map(({ dataCenter }) => dataCenter.id)).toEqual(['B', 'A']);
  });
});

describe('the rows of a GPU type that was observed in part', () => {
  const IDS = ['in stock', 'failed', 'sold out', 'not asked'];
  const dataCenters = IDS.map(dataCenterOf);
  const gpuType = gpuTypeOf({ id: 'L4' });
  const cells: Cell[] = [
    cellOf('in stock', 2000),
    { dataCenterId: 'failed', failure: { code: 'TIMEOUT', message: 'too slow' } },
    cellOf('sold out', 1000, { available: false, stock: 'NONE', stale: true }),
  ];
  const create = () => toTypeRows({ gpuType, dataCenters, gpuCount: 2 }, observationOf('L4', 0, cells));

  it('exist once for each data center, with unknown values where there was no answer', () => {
    const typeRows = create();
    expect(
      typeRows.rows.map(({ dataCenter, available, stock, gpuCount }) => [dataCenter.id, available, stock, gpuCount]),
    ).toEqual([
      ['in stock', true, 'HIGH', 2],
      ['failed', null, 'UNKNOWN', 2],
      ['sold out', false, 'NONE', 2],
      ['not asked', null, 'UNKNOWN', 2],
    ]);
    expect(typeRows.available).toEqual([typeRows.rows[0]]);
    expect(typeRows.rows[1]).toMatchObject({ stale: false, onDemandPrice: null, observedAt: null });
  });

  it('have a failure for each data center without an answer', () => {
    const [, failed, , notAsked] = dataCenters;
    const typeRows = create();
    expect(typeRows.failed).toBe(2);
    expect(typeRows.failures).toEqual([
      { gpuType, dataCenter: failed, code: 'TIMEOUT', message: 'too slow' },
      {
        gpuType,
        dataCenter: notAsked,
        code: 'NOT_ATTEMPTED',
        message: 'RunPod has not answered about this data center yet',
      },
    ]);
  });

  it('are as old as their oldest answer, and stale if any answer is stale', () => {
    expect(create().freshness).toEqual({
      observedAt: '1970-01-01T00:00:01.000Z',
      oldestAskedAt: 1000,
      newestObservedAt: '1970-01-01T00:00:02.000Z',
      newestAskedAt: 2000,
      stale: true,
    });
    const [fresh] = dataCenters;
    const scope = { gpuType, dataCenters: fresh === undefined ? [] : [fresh], gpuCount: 2 };
    expect(toTypeRows(scope, observationOf('L4', 0, cells)).freshness.stale).toBe(false);
  });
});

describe('the rows of a GPU type that could not be observed', () => {
  const gpuType = gpuTypeOf({ id: 'L4' });
  const error = new UpstreamTimeoutError('the prices', 100);

  it('are unknown, with a single failure for all data centers', () => {
    const dataCenters = ['A', 'B'].map(dataCenterOf);
    expect(toTypeRows({ gpuType, dataCenters, gpuCount: 2 }, error)).toEqual({
      rows: dataCenters.map((dataCenter) => unknownRow({ gpuType, dataCenter, gpuCount: 2 })),
      available: [],
      freshness: NO_FRESHNESS,
      failed: 2,
      failures: [{ gpuType, dataCenter: null, code: 'TIMEOUT', message: error.message }],
    });
  });

  it('have no failure if no data center was requested', () => {
    const { failed, failures } = toTypeRows({ gpuType, dataCenters: [], gpuCount: 1 }, error);
    expect([failed, failures]).toEqual([0, []]);
  });
});

describe('the rows of several GPU types', () => {
  const gpuTypes = ['L4', 'H100'].map((id) => gpuTypeOf({ id }));
  const outcomes = gpuTypes.map(({ id }, index) => observationOf(id, index, [cellOf('A', index)]));

  it('are in the order of the GPU types, each from the result at the same position', () => {
    const rows = toRowsOfTypes({ gpuTypes, dataCenters: DATA_CENTERS, gpuCount: 4 }, outcomes).flatMap(
      (one) => one.rows,
    );
    expect(rows.map(({ gpuType, gpuCount, observedAt }) => [gpuType.id, gpuCount, observedAt])).toEqual([
      ['L4', 4, '1970-01-01T00:00:00.000Z'],
      ['H100', 4, '1970-01-01T00:00:00.001Z'],
    ]);
  });

  it('cannot be created without a result for each of them', () => {
    const scope = { gpuTypes, dataCenters: DATA_CENTERS, gpuCount: 1 };
    expect(() => toRowsOfTypes(scope, outcomes.slice(0, 1))).toThrow('no outcome for H100');
  });
});

describe('the freshness of several values', () => {
  const at = (askedAt: number, observedAt: string, stale = false): Freshness => ({
    observedAt,
    newestObservedAt: observedAt,
    oldestAskedAt: askedAt,
    newestAskedAt: askedAt,
    stale,
  });
  const sumOf = (...parts: readonly Freshness[]) => {
    const sum = { ...NO_FRESHNESS };
    for (const part of parts) include(part, sum);
    return sum;
  };

  it('has the times of the oldest and the newest value by the monotonic clock, whatever the order of the values', () => {
    // The wall clock was set back between the two requests.
    const [old, young] = [at(1, '12:00'), at(2, '11:00')];
    const both = { observedAt: '12:00', oldestAskedAt: 1, newestObservedAt: '11:00', newestAskedAt: 2, stale: false };
    expect([sumOf(old, young), sumOf(young, old)]).toEqual([both, both]);
  });

  it('has the times of the first of several values that were requested at the same moment', () => {
    expect(sumOf(at(1, 'first'), at(1, 'second'))).toMatchObject({ observedAt: 'first', newestObservedAt: 'first' });
  });

  it('is stale if any value is stale, and unchanged by an empty set', () => {
    expect(sumOf(at(1, 'first', true), at(2, 'second'), NO_FRESHNESS)).toMatchObject({
      stale: true,
      observedAt: 'first',
      newestObservedAt: 'second',
    });
    expect(sumOf(at(1, 'first'), at(2, 'second')).stale).toBe(false);
  });
});
