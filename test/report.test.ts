import { describe, expect, it } from 'vitest';
import { UpstreamTimeoutError } from '../src/domain/errors.ts';
import { type AvailabilityQuery, createReport } from '../src/domain/report.ts';
import { toRowsOfTypes } from '../src/domain/type-rows.ts';
import { cellOf, observationOf } from './support/cells.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const QUERY: AvailabilityQuery = {
  gpuTypes: ['L4', 'H100', 'B200'].map((id) => gpuTypeOf({ id, displayName: id })),
  dataCenters: ['A', 'B'].map(dataCenterOf),
  gpuCount: 1,
  conditions: { maxPricePerGpuHour: null, minStock: null, includeUnavailable: false },
  order: { field: 'GPU_TYPE', direction: 'ASC' },
  first: null,
};
const TIMEOUT = new UpstreamTimeoutError('the prices', 100);
const priced = (perGpu: number) => ({ onDemandPrice: { perGpu, perPod: perGpu } });
const TYPE_ROWS = toRowsOfTypes(QUERY, [
  observationOf('L4', 0, [cellOf('A', 2000, { ...priced(1), stock: 'LOW' }), cellOf('B', 2000, priced(2))]),
  observationOf('H100', 0, [cellOf('A', 1000, priced(3)), cellOf('B', 3000, { available: false, stock: 'NONE' })]),
  TIMEOUT,
]);

/** Returns the rows of a report in short form (GPU type and data center), and their total number. */
function report(query: Partial<AvailabilityQuery>) {
  const { nodes, totalCount } = createReport({ ...QUERY, ...query }, TYPE_ROWS);
  return [nodes.map(({ gpuType, dataCenter }) => `${gpuType.id} ${dataCenter.id}`), totalCount];
}

describe('a report', () => {
  it('has the rows in stock, in the order of the query', () => {
    expect(report({})).toEqual([['H100 A', 'L4 A', 'L4 B'], 3]);
    expect(report({ order: { field: 'PRICE', direction: 'ASC' } })).toEqual([['L4 A', 'L4 B', 'H100 A'], 3]);
  });

  it('also has the other rows if they are requested', () => {
    expect(report({ conditions: { ...QUERY.conditions, includeUnavailable: true } })).toEqual([
      ['B200 A', 'B200 B', 'H100 A', 'H100 B', 'L4 A', 'L4 B'],
      6,
    ]);
  });

  it('has only the rows that meet the conditions', () => {
    expect(report({ conditions: { ...QUERY.conditions, maxPricePerGpuHour: 2 } })).toEqual([['L4 A', 'L4 B'], 2]);
    expect(report({ conditions: { ...QUERY.conditions, minStock: 'MEDIUM' } })).toEqual([['H100 A', 'L4 B'], 2]);
  });

  it('has at most `first` rows, and the number of all matching rows', () => {
    expect(report({ first: 2 })).toEqual([['H100 A', 'L4 A'], 3]);
    expect(report({ first: 0 })).toEqual([[], 3]);
  });

  it('covers all cells of the query, and tells which of them failed', () => {
    const [, , gpuType] = QUERY.gpuTypes;
    expect(createReport({ ...QUERY, first: 0 }, TYPE_ROWS).coverage).toEqual({
      complete: false,
      expected: 6,
      observed: 4,
      failed: 2,
      failures: [{ gpuType, dataCenter: null, code: 'TIMEOUT', message: TIMEOUT.message }],
    });
    const gpuTypes = QUERY.gpuTypes.slice(0, 2);
    expect(createReport({ ...QUERY, gpuTypes }, TYPE_ROWS.slice(0, 2)).coverage).toMatchObject({
      complete: true,
      expected: 4,
      observed: 4,
    });
  });

  it('is as fresh as all of its data together, even if no row is returned', () => {
    expect(createReport({ ...QUERY, first: 0 }, TYPE_ROWS).freshness).toEqual({
      observedAt: '1970-01-01T00:00:01.000Z',
      oldestAskedAt: 1000,
      newestObservedAt: '1970-01-01T00:00:03.000Z',
      newestAskedAt: 3000,
      stale: false,
    });
  });
});
