import { describe, expect, it } from 'vitest';
import { exportedRows, matrixToCsv } from '../../../src/board/export/matrix-rows.ts';
import { DEFAULT_FILTERS } from '../../../src/board/view/filters.ts';
import { createMatrix } from '../../../src/board/view/matrix.ts';
import { cellsOf, sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from '../sample-cells.ts';

const LISTS = sampleLists(
  [sampleGpuType('a', { displayName: 'A, "big"' }), sampleGpuType('b')],
  [sampleDataCenter('EU-RO-1', 'EUROPE', { countryCode: 'RO' }), sampleDataCenter('EU-CZ-1')],
);
const CELLS = cellsOf([
  sampleCell('a', 'EU-RO-1', 0.5, { availableGpuCounts: [1, 2], spotPrice: { perGpu: 0.2 } }),
  sampleCell('b', 'EU-RO-1', null),
  sampleCell('b', 'EU-CZ-1', null),
]);
const rows = exportedRows(createMatrix(LISTS, CELLS, DEFAULT_FILTERS), CELLS, 1);

describe('the exported rows', () => {
  it('are the loaded cells that the matrix shows', () => {
    expect(rows).toEqual([
      {
        gpuTypeId: 'a',
        gpuType: 'A, "big"',
        memoryGb: 24,
        dataCenterId: 'EU-RO-1',
        region: 'EUROPE',
        countryCode: 'RO',
        gpuCount: 1,
        available: true,
        stock: 'LOW',
        onDemandPricePerGpu: 0.5,
        onDemandPricePerPod: 0.5,
        spotPricePerGpu: 0.2,
        availableGpuCounts: [1, 2],
        observedAt: '2026-01-01T00:00:00.000Z',
        stale: false,
      },
    ]);
  });

  it('are written as CSV with a header and one line for each row', () => {
    const [header, line] = matrixToCsv(rows).split('\r\n');
    expect(header?.split(',').slice(0, 5)).toEqual(['gpuTypeId', 'gpuType', 'memoryGb', 'dataCenterId', 'region']);
    expect(header).toBe(matrixToCsv([]).trimEnd());
    expect(line).toBe('a,"A, ""big""",24,EU-RO-1,EUROPE,RO,1,true,LOW,0.5,0.5,0.2,1 2,2026-01-01T00:00:00.000Z,false');
  });
});
